import { WindlassError } from "../../../errors/windlass_error.ts";
import { openEvent, type WatchedObject } from "../event_object.ts";
import {
  decodeRegistryValue,
  REGISTRY_TYPES,
  type RegistryValue,
  textOfWide,
  wideText,
} from "./registry_values.ts";

/** A key of the registry, always in the view of 64-bit programs. */
export interface RegistryKey {
  readonly hive: keyof typeof HIVES;
  /** Such as `Software\Microsoft\Windows`. */
  readonly path: string;
}

/** Handles that Windows predefines: 32-bit numbers, extended with their sign. */
const HIVES = { HKCU: 0xffff_ffff_8000_0001n, HKLM: 0xffff_ffff_8000_0002n } as const;

const KEY_QUERY_VALUE = 0x1;
const KEY_SET_VALUE = 0x2;
const KEY_ENUMERATE_SUB_KEYS = 0x8;
const KEY_NOTIFY = 0x10;
const KEY_WOW64_64KEY = 0x100;
/** Any type of value, in the view of 64-bit programs. */
const RRF_RT_ANY = 0xffff;
const RRF_SUBKEY_WOW6464KEY = 0x1_0000;
/** The text of an EXPAND_SZ as it is stored. */
const RRF_NOEXPAND = 0x1000_0000;

/** Values and keys, and no thread of ours has to outlive the wait. */
const CHANGES = 0x1 | 0x4 | 0x1000_0000;

const ERROR_SUCCESS = 0;
const ERROR_FILE_NOT_FOUND = 2;
const ERROR_PATH_NOT_FOUND = 3;
const ERROR_MORE_DATA = 234;
const ERROR_NO_MORE_ITEMS = 259;

/** Values of ours are shorter; longer ones are read again with room for them. Bytes. */
const USUAL_VALUE_BYTES = 1024;
/** A value's name may have 16,383 characters, a key's 255; with the zero. */
const NAME_CHARACTERS = 16_384;

const FUNCTIONS = {
  RegGetValueW: {
    parameters: ["usize", "buffer", "buffer", "u32", "buffer", "buffer", "buffer"],
    result: "u32",
  },
  RegOpenKeyExW: { parameters: ["usize", "buffer", "u32", "u32", "buffer"], result: "u32" },
  RegCreateKeyExW: {
    parameters: ["usize", "buffer", "u32", "pointer", "u32", "u32", "pointer", "buffer", "pointer"],
    result: "u32",
  },
  RegSetValueExW: { parameters: ["usize", "buffer", "u32", "u32", "buffer", "u32"], result: "u32" },
  RegDeleteValueW: { parameters: ["usize", "buffer"], result: "u32" },
  RegDeleteKeyExW: { parameters: ["usize", "buffer", "u32", "u32"], result: "u32" },
  RegEnumKeyExW: {
    parameters: ["usize", "u32", "buffer", "buffer", "pointer", "pointer", "pointer", "pointer"],
    result: "u32",
  },
  RegEnumValueW: {
    parameters: ["usize", "u32", "buffer", "buffer", "pointer", "pointer", "pointer", "pointer"],
    result: "u32",
  },
  RegNotifyChangeKeyValue: { parameters: ["usize", "i32", "u32", "isize", "i32"], result: "u32" },
  RegCloseKey: { parameters: ["usize"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

let library: Deno.DynamicLibrary<typeof FUNCTIONS> | undefined;

/** Opened with the first use, for as long as the process lives. */
function advapi32(): Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] {
  library ??= Deno.dlopen("advapi32.dll", FUNCTIONS);
  return library.symbols;
}

/**
 * Reads one value; `null` when the key or the value does not exist.
 *
 * @throws {WindlassError} `WL_REGISTRY_FAILED` when Windows refuses, as every function here does.
 *
 * @example
 * ```ts
 * const build = readRegistryValue(
 *   { hive: "HKLM", path: "Software\\Microsoft\\Windows NT\\CurrentVersion" },
 *   "CurrentBuildNumber",
 * );
 * ```
 */
export function readRegistryValue(key: RegistryKey, name: string): RegistryValue | null {
  const found = read(key, name, 0);
  return found === null ? null : decodeRegistryValue(found.type, found.bytes);
}

/** A value as it is stored, variables of an EXPAND_SZ included: for a text that is to be written back. */
export function readStoredText(
  key: RegistryKey,
  name: string,
): { readonly text: string; readonly expand: boolean } | null {
  const found = read(key, name, RRF_NOEXPAND);
  if (found === null) return null;
  const value = decodeRegistryValue(found.type, found.bytes);
  return typeof value === "string" ? { text: value, expand: found.type === REGISTRY_TYPES.EXPAND_SZ } : null;
}

function read(key: RegistryKey, name: string, flags: number) {
  const type = new Uint32Array(1);
  for (let room = USUAL_VALUE_BYTES;;) {
    const bytes = new Uint8Array(room);
    const size = new Uint32Array([room]);
    const status = advapi32().RegGetValueW(
      HIVES[key.hive],
      wideText(key.path),
      wideText(name),
      RRF_RT_ANY | RRF_SUBKEY_WOW6464KEY | flags,
      type,
      bytes,
      size,
    );
    if (isAbsent(status)) return null;
    if (status !== ERROR_MORE_DATA) {
      requireSuccess(status, `read the registry value '${name}'`, key);
      return { type: type[0] ?? 0, bytes: bytes.subarray(0, size[0]) };
    }
    room = Math.max(size[0] ?? 0, room * 2); // a text whose variables are filled in may need more than it says
  }
}

/** A value that is text; `null` also when it is of another type. */
export function readRegistryText(key: RegistryKey, name: string): string | null {
  const value = readRegistryValue(key, name);
  return typeof value === "string" ? value : null;
}

/** A value that is a DWORD; `null` also when it is of another type. */
export function readRegistryNumber(key: RegistryKey, name: string): number | null {
  const value = readRegistryValue(key, name);
  return typeof value === "number" ? value : null;
}

/** Whether there is such a key. */
export function hasRegistryKey(key: RegistryKey): boolean {
  using opened = openKey(key, KEY_QUERY_VALUE, "open a registry key");
  return opened !== null;
}

/** The names of the keys directly beneath; none when the key does not exist. */
export function listSubkeys(key: RegistryKey): readonly string[] {
  return listNames(key, KEY_ENUMERATE_SUB_KEYS, advapi32().RegEnumKeyExW);
}

/** The names of a key's values; none when the key does not exist. */
export function listRegistryValues(key: RegistryKey): readonly string[] {
  return listNames(key, KEY_QUERY_VALUE, advapi32().RegEnumValueW);
}

/** Writes a number, and makes the key where it is missing. */
export function writeRegistryDword(key: RegistryKey, name: string, value: number): void {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  write(key, name, REGISTRY_TYPES.DWORD, bytes);
}

/** Writes a text; with `expand`, one whose `%VARIABLES%` a reader fills in. */
export function writeRegistryText(
  key: RegistryKey,
  name: string,
  text: string,
  options: { readonly expand?: boolean } = {},
): void {
  write(key, name, options.expand ? REGISTRY_TYPES.EXPAND_SZ : REGISTRY_TYPES.SZ, wideText(text));
}

/** Deletes a value; fine when there is none. */
export function deleteRegistryValue(key: RegistryKey, name: string): void {
  const action = `delete the registry value '${name}'`;
  using opened = openKey(key, KEY_SET_VALUE, action);
  if (opened === null) return;
  const status = advapi32().RegDeleteValueW(opened.handle, wideText(name));
  if (!isAbsent(status)) requireSuccess(status, action, key);
}

/** Deletes a key with its values; fine when there is none, refused while there are keys beneath it. */
export function deleteRegistryKey(key: RegistryKey): void {
  const status = advapi32().RegDeleteKeyExW(HIVES[key.hive], wideText(key.path), KEY_WOW64_64KEY, 0);
  if (!isAbsent(status)) requireSuccess(status, "delete a registry key", key);
}

/** Watches a key with all below it; `null` when it does not exist. */
export function watchRegistryKey(key: RegistryKey): WatchedObject | null {
  using owned = new DisposableStack();
  const opened = openKey(key, KEY_NOTIFY, "watch a registry key");
  if (opened === null) return null;
  owned.use(opened);
  const event = owned.use(openEvent());
  const stack = owned.move();
  return {
    event,
    watch: () => advapi32().RegNotifyChangeKeyValue(opened.handle, 1, CHANGES, event.handle, 1),
    [Symbol.dispose]: () => stack.dispose(),
  };
}

function write(key: RegistryKey, name: string, type: number, bytes: Uint8Array<ArrayBuffer>): void {
  const action = `write the registry value '${name}'`;
  const handle = new BigUint64Array(1);
  const access = KEY_SET_VALUE | KEY_WOW64_64KEY;
  requireSuccess(
    advapi32().RegCreateKeyExW(HIVES[key.hive], wideText(key.path), 0, null, 0, access, null, handle, null),
    action,
    key,
  );
  using opened = new OpenKey(handle[0] ?? 0n);
  const status = advapi32().RegSetValueExW(opened.handle, wideText(name), 0, type, bytes, bytes.length);
  requireSuccess(status, action, key);
}

function listNames(
  key: RegistryKey,
  access: number,
  enumerate: ReturnType<typeof advapi32>["RegEnumKeyExW"],
): readonly string[] {
  const action = "list a registry key";
  using opened = openKey(key, access, action);
  const names: string[] = [];
  if (opened === null) return names;
  const buffer = new Uint8Array(NAME_CHARACTERS * 2);
  for (let index = 0;; index++) {
    const characters = new Uint32Array([NAME_CHARACTERS]);
    const status = enumerate(opened.handle, index, buffer, characters, null, null, null, null);
    if (status === ERROR_NO_MORE_ITEMS) return names;
    requireSuccess(status, action, key);
    names.push(textOfWide(buffer.subarray(0, (characters[0] ?? 0) * 2)));
  }
}

/** An opened key; disposing it closes it. */
class OpenKey implements Disposable {
  constructor(readonly handle: bigint) {}

  [Symbol.dispose](): void {
    advapi32().RegCloseKey(this.handle);
  }
}

function openKey(key: RegistryKey, access: number, action: string): OpenKey | null {
  const handle = new BigUint64Array(1);
  const status = advapi32().RegOpenKeyExW(
    HIVES[key.hive],
    wideText(key.path),
    0,
    access | KEY_WOW64_64KEY,
    handle,
  );
  if (isAbsent(status)) return null;
  requireSuccess(status, action, key);
  return new OpenKey(handle[0] ?? 0n);
}

function isAbsent(status: number): boolean {
  return status === ERROR_FILE_NOT_FOUND || status === ERROR_PATH_NOT_FOUND;
}

function requireSuccess(status: number, action: string, key: RegistryKey): void {
  if (status === ERROR_SUCCESS) return;
  const state = `Windows refuses '${key.hive}\\${key.path}' with error ${status}`;
  throw new WindlassError("WL_REGISTRY_FAILED", `Cannot ${action}: ${state}`);
}
