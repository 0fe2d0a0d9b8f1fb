import { WindlassError } from "../errors/windlass_error.ts";
import { systemReason } from "./system_reason.ts";

/** Any failure to write a file as it is told to users: `WL_NO_SPACE` when the disk is full, else `WL_FILE_NOT_WRITABLE`. */
export function writeError(path: string, error: unknown): WindlassError {
  if (error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")) {
    return new WindlassError("WL_NO_SPACE", `Cannot write '${path}': the disk is full`, { cause: error });
  }
  const message = `Cannot write '${path}': ${systemReason(error)}`;
  return new WindlassError("WL_FILE_NOT_WRITABLE", message, { cause: error });
}
