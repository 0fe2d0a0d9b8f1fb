import {
  deleteRegistryKey,
  hasRegistryKey,
  listRegistryValues,
  listSubkeys,
  readRegistryText,
  type RegistryKey,
  writeRegistryDword,
  writeRegistryText,
} from "./registry.ts";

/** Where Windows lists what this user has installed. */
const UNINSTALL_KEYS = "Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall";

/** The values of an entry, by the names that Windows gives them. */
export type UninstallEntry = Readonly<Record<string, string | number>>;

/** Writes an entry of the list of installed programs, or brings it up to date. @throws {WindlassError} `WL_REGISTRY_FAILED`. */
export function writeUninstallEntry(id: string, entry: UninstallEntry): void {
  for (const [name, value] of Object.entries(entry)) {
    if (typeof value === "number") writeRegistryDword(keyOf(id), name, value);
    else writeRegistryText(keyOf(id), name, value);
  }
}

/** One text of an entry; `null` where there is none. @throws {WindlassError} `WL_REGISTRY_FAILED`. */
export function readUninstallText(id: string, name: string): string | null {
  return readRegistryText(keyOf(id), name);
}

/** Writes one text of an existing entry. @throws {WindlassError} `WL_REGISTRY_FAILED`. */
export function changeUninstallText(id: string, name: string, text: string): void {
  if (hasRegistryKey(keyOf(id))) writeRegistryText(keyOf(id), name, text);
}

/** Takes an entry away, and with the last one the list; fine when there is none. @throws {WindlassError} `WL_REGISTRY_FAILED`. */
export function removeUninstallEntry(id: string): void {
  deleteRegistryKey(keyOf(id));
  // Windows makes the list for the first program of a user.
  const list: RegistryKey = { hive: "HKCU", path: UNINSTALL_KEYS };
  if (listSubkeys(list).length === 0 && listRegistryValues(list).length === 0) deleteRegistryKey(list);
}

function keyOf(id: string): RegistryKey {
  return { hive: "HKCU", path: `${UNINSTALL_KEYS}\\${id}` };
}
