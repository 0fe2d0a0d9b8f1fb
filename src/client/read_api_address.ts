import { WindlassError } from "../errors/windlass_error.ts";
import { type ApiAddress, parseApiAddress } from "./api_address.ts";

/**
 * Reads an address file, on Deno and on Node.
 *
 * @throws {WindlassError} `WL_HOST_NOT_RUNNING` if it is missing or not valid.
 */
export async function readApiAddress(path: string): Promise<ApiAddress> {
  return parseApiAddress(await readText(path), path);
}

async function readText(path: string): Promise<string> {
  try {
    // Imported here because browsers, which have no files, load this module too.
    const { readFile } = await import("node:fs/promises");
    return await readFile(path, "utf8");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const state = missing ? `${path} is missing` : `${path} cannot be read`;
    throw new WindlassError("WL_HOST_NOT_RUNNING", `Cannot reach the host: ${state}`, { cause });
  }
}

/**
 * The address file of this user's home folder: of `WINDLASS_HOME` if it is set, else of the default home. On Windows
 * `%LOCALAPPDATA%\Windlass\api.json`, elsewhere `$XDG_DATA_HOME/windlass/api.json` or
 * `~/.local/share/windlass/api.json`. Pure.
 *
 * @throws {WindlassError} `WL_HOME_INVALID` if no variable locates the home folder.
 */
export function usualAddressFile(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
): string {
  const windows = platform === "win32";
  const { WINDLASS_HOME, LOCALAPPDATA, XDG_DATA_HOME, HOME } = environment;
  if (WINDLASS_HOME) return `${WINDLASS_HOME}${windows ? "\\" : "/"}api.json`;
  if (windows && LOCALAPPDATA) return `${LOCALAPPDATA}\\Windlass\\api.json`;
  if (!windows && XDG_DATA_HOME) return `${XDG_DATA_HOME}/windlass/api.json`;
  if (!windows && HOME) return `${HOME}/.local/share/windlass/api.json`;
  const missing = windows ? "LOCALAPPDATA" : "HOME";
  throw new WindlassError(
    "WL_HOME_INVALID",
    `Cannot find the data folder: neither WINDLASS_HOME nor ${missing} is set`,
  );
}
