import { WindlassError } from "../../errors/windlass_error.ts";
import { textOfWide, wideText } from "./registry/registry_values.ts";
import { kernel32 } from "./kernel32.ts";

const FUNCTIONS = {
  GetNamedSecurityInfoW: {
    parameters: ["buffer", "u32", "u32", "pointer", "pointer", "pointer", "pointer", "buffer"],
    result: "u32",
  },
  ConvertSecurityDescriptorToStringSecurityDescriptorW: {
    parameters: ["pointer", "u32", "u32", "buffer", "buffer"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

const SE_FILE_OBJECT = 1;
const DACL_SECURITY_INFORMATION = 4;
const SDDL_REVISION = 1;
/** Groups that hold more than one user, as SDDL writes them: Everyone, Users, Authenticated Users and the like. */
const GROUPS_OF_MANY: readonly string[] = ["WD", "BU", "AU", "IU", "NU", "BG", "AN", "DU", "DG"];
const ACE_REGEXP = /\((\w+);\w*;\w*;[^;]*;[^;]*;([^;)]+)/g;

let symbols: Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] | undefined;

/** Opened with the first use, for as long as the process lives. */
function advapi32(): Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] {
  return symbols ??= Deno.dlopen("advapi32.dll", FUNCTIONS).symbols;
}

/**
 * Whether more than one user may do something with a folder, or with what is made in it.
 *
 * @throws {WindlassError} `WL_FOLDER_RIGHTS_UNKNOWN` if Windows does not report it.
 */
export function isFolderOfMany(path: string): boolean {
  return isOpenToMany(folderRights(path));
}

/** Whether an access list, as SDDL text, allows something to a group of many users. No list allows all. Pure. */
export function isOpenToMany(sddl: string): boolean {
  if (sddl === "" || sddl.includes("NO_ACCESS_CONTROL")) return true;
  return [...sddl.matchAll(ACE_REGEXP)].some(([, type, who]) =>
    type === "A" && GROUPS_OF_MANY.includes(who!)
  );
}

/** The rights on a folder, as SDDL text, such as `D:PAI(A;OICI;FA;;;SY)`. */
export function folderRights(path: string): string {
  const descriptor = new BigUint64Array(1);
  const text = new BigUint64Array(1);
  const length = new Uint32Array(1);
  const made = new Uint8Array(descriptor.buffer);
  const { GetNamedSecurityInfoW, ConvertSecurityDescriptorToStringSecurityDescriptorW } = advapi32();
  const wide = wideText(path);
  const status = GetNamedSecurityInfoW(
    wide,
    SE_FILE_OBJECT,
    DACL_SECURITY_INFORMATION,
    ...[null, null, null, null] as const,
    made,
  );
  if (status !== 0) throw unknown(path, `Windows reported error ${status}`);
  using owned = localMemory(descriptor[0]!);
  const converted = ConvertSecurityDescriptorToStringSecurityDescriptorW(
    owned.pointer,
    SDDL_REVISION,
    DACL_SECURITY_INFORMATION,
    new Uint8Array(text.buffer),
    new Uint8Array(length.buffer),
  );
  if (converted === 0) throw unknown(path, "Windows cannot convert them to text");
  using words = localMemory(text[0]!);
  if (words.pointer === null) return "";
  const bytes = new Uint8Array(length[0]! * Uint16Array.BYTES_PER_ELEMENT);
  new Deno.UnsafePointerView(words.pointer).copyInto(bytes);
  return textOfWide(bytes);
}

function localMemory(address: bigint): { readonly pointer: Deno.PointerValue } & Disposable {
  const pointer = Deno.UnsafePointer.create(address);
  return { pointer, [Symbol.dispose]: () => void kernel32().LocalFree(pointer) };
}

function unknown(path: string, state: string): WindlassError {
  return new WindlassError("WL_FOLDER_RIGHTS_UNKNOWN", `Cannot read the rights of '${path}': ${state}`);
}
