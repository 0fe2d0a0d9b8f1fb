import { WindlassError } from "../errors/windlass_error.ts";

/** Settings that may name a folder or, as that of a PAC file, a file in one. */
const KEYS = ["update.url", "update.mirrors", "network.proxy"] as const;
/** A network share, in any form that Windows accepts; `\\?\`, `\\.\` and `\??\` can lead to shares too. */
const SHARE_REGEXP =
  /^(?:pac:)?(?:[\\/]{2}|[\\/]\?\?[\\/]|file:(?:[\\/]{2}(?!localhost(?:[\\/]|$))[^\\/]|[\\/]{4}))/i;

/**
 * Refuses network folders: to open one, Windows signs in to its server, and the server can use what it receives to sign
 * in as the user. A request does not prove that the user wants that.
 *
 * @throws {WindlassError} `WL_SETTING_INVALID`
 */
export function requireNoShare(changes: Readonly<Record<string, unknown>>): void {
  for (const key of KEYS) {
    const value = changes[key];
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    const share = texts.find((text) => typeof text === "string" && isShare(text));
    if (share === undefined) continue;
    throw new WindlassError(
      "WL_SETTING_INVALID",
      `Cannot set '${key}' to '${share}': a network folder cannot be set while Windlass is running`,
      {
        remedy:
          "Run 'windlass stop' and then 'windlass settings set' again, or set the folder in the policy file.",
      },
    );
  }
}

/**
 * Refuses an update bundle in a network folder, for the same reason.
 *
 * @throws {WindlassError} `WL_UPDATE_BUNDLE_INVALID`
 */
export function requireLocalBundle(path: string): void {
  if (!isShare(path)) return;
  throw new WindlassError(
    "WL_UPDATE_BUNDLE_INVALID",
    `Cannot read the bundle '${path}': it is in a network folder`,
    { remedy: "Copy the bundle to a local folder, and give the path of the copy." },
  );
}

function isShare(text: string): boolean {
  return SHARE_REGEXP.test(text.trim());
}
