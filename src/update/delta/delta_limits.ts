/** Limits of deltas, each with its unit and reason. */

/** Largest window of a part, as a power of two of bytes: what `zstd -19` uses, 8 MiB, three times at once. */
export const DELTA_WINDOW_LOG = 23;

/**
 * Longest list of operations, in bytes. That of a whole Deno release is 1 to 3 MB; the list costs time for each
 * byte, while what it makes is bounded by the component's length.
 */
export const MAX_OPERATION_BYTES = 64 * 1024 * 1024;

/**
 * What is read, hashed and written at a time, in bytes. sha256 at 1 MiB is as fast as it gets (1.4 GB/s), and one
 * piece blocks the event loop for less than a millisecond.
 */
export const PIECE_BYTES = 1024 * 1024;

/** What is read of a part's frame at a time, in bytes: parts are small, and three are read at once. */
export const PART_READ_BYTES = 64 * 1024;
