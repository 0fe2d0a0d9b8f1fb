/** How long each step with a distro of the user's may take, and how much it may say. */
export const WORKSPACE_LIMITS = {
  /** Listing distros, for a check that nobody waits for: WSL may hold its lock while another distro boots. */
  listMilliseconds: 20_000,
  /** The first program that runs in a distro, which may have to start it, and the virtual machine, from a slow disk. */
  identifyMilliseconds: 90_000,
  /** Reads some files of a distro that runs. */
  probeMilliseconds: 15_000,
  /** Writes some megabytes, each file with its rename. */
  enableMilliseconds: 60_000,
  /** Compares and removes the same files; may have to start the distro. */
  disableMilliseconds: 90_000,
  /** Makes one link. */
  linkMilliseconds: 15_000,
  /** Hands over a file tree; the agent waits at the other end. The distro may have to be started for it. */
  shareMilliseconds: 90_000,
  /** Distros that are checked at a time: each is a process of wsl, and a machine has few cores. */
  checkedAtOnce: 4,
  /** A list is complete after this time; what has not answered is named. Somebody waits for it. */
  listingMilliseconds: 20_000,
  /** The engine makes the shared folder: a first start of the virtual machine and the agent. */
  sharedFolderMilliseconds: 180_000,
  /** What one line of the tool may have, in characters. A manifest names some twenty files. */
  lineCharacters: 256 * 1024,
} as const;
