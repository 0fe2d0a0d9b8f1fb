import { WindlassError } from "../errors/windlass_error.ts";

/**
 * Makes sure that this user may run distros. On Linux that takes root, for namespaces; on Windows any user may.
 *
 * @throws {WindlassError} `WL_ROOT_NEEDED`, with `action` in the sentence.
 */
export function requirePrivileges(action: string): void {
  if (Deno.build.os === "windows") return;
  const uid = Deno.uid();
  if (uid !== 0) {
    throw new WindlassError(
      "WL_ROOT_NEEDED",
      `Cannot ${action}: user id is ${uid}, and namespaces require root`,
    );
  }
}
