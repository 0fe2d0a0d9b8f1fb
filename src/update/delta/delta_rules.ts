/** The limits of deltas, each with its unit and reason, and the error of a delta that breaks a rule of the format. */

/** Largest window of a part, as a power of two of bytes: what `zstd -19` uses, 8 MiB, three times at once. */
export const DELTA_WINDOW_LOG = 23;

/**
 * Longest list of operations, in bytes. For a Deno release it is 0.3 MB. Each operation takes time, even one that
 * makes a single byte; this bounds it to half a minute.
 */
export const MAX_OPERATION_BYTES = 16 * 1024 * 1024;

/**
 * What is read, hashed and written at a time, in bytes: from here on it goes at full speed (sha256 at 1.4 GB/s), and
 * blocks the event loop for a fraction of a millisecond.
 */
export const PIECE_BYTES = 256 * 1024;

/** What is read of a part's frame at a time, in bytes: parts are small, and three are read at once. */
export const PART_READ_BYTES = 64 * 1024;

/** A delta cannot be used; `state` fits behind "Cannot ...: ". Never told to users: the whole component is fetched. */
export class DeltaError extends Error {
  override readonly name = "DeltaError";
  constructor(readonly state: string, options?: ErrorOptions) {
    super(`Cannot apply the delta: ${state}`, options);
  }
}
