import { errorText } from "../errors/error_text.ts";
import { WindlassError } from "../errors/windlass_error.ts";

/** Any failure to write a file as it is reported to users: `WL_NO_SPACE` when the disk is full, else `WL_FILE_NOT_WRITABLE`. */
export function writeError(path: string, error: unknown): WindlassError {
  if (error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")) {
    return new WindlassError("WL_NO_SPACE", `Cannot write '${path}': the disk is full`, { cause: error });
  }
  const message = `Cannot write '${path}': ${systemReason(error)}`;
  return new WindlassError("WL_FILE_NOT_WRITABLE", message, { cause: error });
}

/** What the system said of a failed call, without the paths that Deno adds: "Is a directory (os error 21)". */
export function systemReason(error: unknown): string {
  const message = errorText(error);
  return /^.*?\(os error \d+\)/.exec(message)?.[0] ?? message;
}
