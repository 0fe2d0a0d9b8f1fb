/** How long each call of `wsl` may take, and how much it may print. Milliseconds and bytes. */
export const WSL_LIMITS = {
  /** Listing waits behind the per-user lock while any distro boots or hangs in shutdown; 60 s is its own retry limit. */
  listMilliseconds: 90_000,
  /** Never talks to the service. */
  versionMilliseconds: 15_000,
  /** A convenience that a stop waits for: what does not get the lock by then is left for the next stop. */
  setDefaultMilliseconds: 10_000,
  /** Up to 10 s of orderly power-off, 10 s of retries, and the lock. */
  terminateMilliseconds: 90_000,
  /** As terminating, plus deleting a virtual disk of many gigabytes. */
  unregisterMilliseconds: 180_000,
  /** Every distro and the virtual machine. */
  shutdownMilliseconds: 120_000,
  /** Minutes without a sign of life are normal on slow disks; an hour is not. */
  importMilliseconds: 60 * 60_000,
  /** A short command in a distro, including the distro's start and that of the virtual machine. */
  runMilliseconds: 120_000,
  /** What a call that is not streamed may print before it is ended. */
  outputBytes: 16 * 1024 * 1024,
  /** A failure is at most a few lines; this much of the output's end is searched for the error code. */
  failureBytes: 4 * 1024,
  /** All output is in the pipe before wsl ends, so what does not come within this time never will. */
  drainMilliseconds: 2_000,
  /** A longer line on stderr is cut here and continues as another line. */
  stderrLineCharacters: 16 * 1024,
} as const;

/** The names of the limits with their values; tests shorten them. */
export type WslLimits = { readonly [Name in keyof typeof WSL_LIMITS]: number };
