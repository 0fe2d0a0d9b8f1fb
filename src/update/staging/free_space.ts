import { WindlassError } from "../../errors/windlass_error.ts";
import { freeBytes } from "../../files/free_bytes.ts";

/**
 * Makes sure that the disk of a folder has room; where the system does not tell, a full disk shows while it is written to.
 *
 * @throws {WindlassError} `WL_NO_SPACE`, with both numbers.
 */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free === undefined || free >= bytes) return;
  throw new WindlassError(
    "WL_NO_SPACE",
    `Cannot download the update: it needs ${megabytes(bytes)} in '${folder}', and ${
      megabytes(free)
    } are free`,
  );
}

/** Runs a step that writes to a folder; reports a full disk in words. */
export async function whileSpaceLasts<T>(folder: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const isFull = cause instanceof Error && "code" in cause &&
      (cause.code === "ENOSPC" || cause.code === "EDQUOT");
    if (!isFull) throw cause;
    throw new WindlassError("WL_NO_SPACE", `Cannot download the update: the disk of '${folder}' is full`, {
      cause,
    });
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}
