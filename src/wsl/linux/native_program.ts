import { WindlassError } from "../../errors/windlass_error.ts";

/**
 * The path of the native helper, from WINDLASS_WSL_HELPER.
 *
 * @throws {WindlassError} `WL_TOOL_MISSING`
 */
export function nativeProgram(environment: Readonly<Record<string, string | undefined>>): string {
  const path = environment.WINDLASS_WSL_HELPER;
  if (path !== undefined && path !== "" && isFile(path)) return path;
  throw new WindlassError(
    "WL_TOOL_MISSING",
    path
      ? `Cannot run the wsl helper: '${path}' is not a file`
      : "Cannot run the wsl helper: WINDLASS_WSL_HELPER is not set",
    { remedy: "Start wsl through the windlass executable, which sets it, or point it at a compiled helper." },
  );
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
