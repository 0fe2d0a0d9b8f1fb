/** Limits of staging, each with its unit and reason. */

/** Largest window of a component's frame, as a power of two of bytes: `src/payload/FORMAT.md` fixes it. */
export const COMPONENT_WINDOW_LOG = 27;

/** What is read, decoded and written at a time, in bytes: full speed needs at least 256 KiB, and memory grows with it. */
export const STAGING_PIECE_BYTES = 256 * 1024;

/** A delta that is longer than this share of the whole component is not worth its time and its disk space. */
export const MAX_DELTA_SHARE = 0.6;

/**
 * How large the frame becomes that is made while a delta is applied, as a share of the component: 0.36 was measured
 * for the engine's root file system, and there must be room on the disk for it.
 */
export const LOCAL_FRAME_SHARE = 0.6;
