import { WindlassError } from "../errors/windlass_error.ts";
import { systemReason } from "./file_errors.ts";

/** Makes a folder, and those above it where they are missing. @throws {WindlassError} `WL_FILE_NOT_WRITABLE` */
export async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (cause) {
    throw new WindlassError("WL_FILE_NOT_WRITABLE", `Cannot make '${path}': ${systemReason(cause)}`, {
      cause,
    });
  }
}

/** Removes a folder unless something is in it, or it cannot be removed. */
export async function removeIfEmpty(path: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    // In use by others, or never made.
    if (!(error instanceof Error)) throw error;
  });
}
