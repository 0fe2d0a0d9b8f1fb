import { WindlassError } from "../../../errors/windlass_error.ts";
import { INVALID_HANDLE, kernel32 } from "../kernel32.ts";
import { wideText } from "../registry/registry_values.ts";
import { wideAt } from "../wide_memory.ts";

const FUNCTIONS = {
  ConvertSidToStringSidW: { parameters: ["pointer", "buffer"], result: "i32" },
  ConvertStringSecurityDescriptorToSecurityDescriptorW: {
    parameters: ["buffer", "u32", "buffer", "pointer"],
    result: "i32",
  },
  GetTokenInformation: { parameters: ["isize", "u32", "buffer", "u32", "buffer"], result: "i32" },
  OpenProcessToken: { parameters: ["isize", "u32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const TOKEN_QUERY = 8;
const TOKEN_USER = 1;
/** TOKEN_USER ahead of the longest SID, which has 68 bytes. */
const TOKEN_USER_BYTES = 128;
const SDDL_REVISION = 1;
const POINTER_BYTES = 8;
const SID = /^S-1(-\d+){2,16}$/;

let symbols: Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] | undefined;

/** Opened with the first use, for as long as the process lives. */
function advapi32(): Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] {
  return symbols ??= Deno.dlopen("advapi32.dll", FUNCTIONS).symbols;
}

/**
 * The rights on the pipe, as an SDDL text (pure): SYSTEM, the administrators and the user with this SID may do all;
 * nobody else may so much as open it, and no rights are inherited. The user is named, not "the owner": what an
 * elevated process makes is owned by the administrators.
 *
 * @throws {WindlassError} `WL_INTERNAL` if `userSid` is not a SID.
 *
 * @example
 * ```ts
 * pipeSecurityDescriptor("S-1-5-21-1-2-3-1001"); // D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;S-1-5-21-1-2-3-1001)
 * ```
 */
export function pipeSecurityDescriptor(userSid: string): string {
  if (!SID.test(userSid)) {
    throw new WindlassError("WL_INTERNAL", `Cannot protect the pipe: '${userSid}' is not the SID of a user`);
  }
  return `D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;${userSid})`;
}

/**
 * The SID of the user that this process runs as, such as `S-1-5-21-1-2-3-1001`.
 *
 * @throws {WindlassError} `WL_INTERNAL` if Windows does not report it.
 */
export function currentUserSid(): string {
  using token = openToken();
  const user = new BigUint64Array(TOKEN_USER_BYTES / POINTER_BYTES);
  const length = new Uint8Array(new ArrayBuffer(Uint32Array.BYTES_PER_ELEMENT));
  const buffer = new Uint8Array(user.buffer);
  if (!advapi32().GetTokenInformation(token.handle, TOKEN_USER, buffer, TOKEN_USER_BYTES, length)) {
    throw unknownUser("its token is not readable");
  }
  const text = new BigUint64Array(1);
  // The SID that the first field points to lies in the same buffer.
  if (!advapi32().ConvertSidToStringSidW(Deno.UnsafePointer.create(user[0]!), new Uint8Array(text.buffer))) {
    throw unknownUser("its SID is not valid");
  }
  using allocated = localMemory(text[0]!);
  return wideAt(allocated.pointer);
}

/** A security descriptor in memory that Windows allocated; disposing it frees that. */
export interface SecurityDescriptor extends Disposable {
  readonly pointer: Deno.PointerObject;
}

/**
 * Makes the descriptor that an SDDL text describes.
 *
 * @throws {WindlassError} `WL_INTERNAL` if Windows does not accept the text.
 */
export function createSecurityDescriptor(sddl: string): SecurityDescriptor {
  const made = new BigUint64Array(1);
  const buffer = new Uint8Array(made.buffer);
  const convert = advapi32().ConvertStringSecurityDescriptorToSecurityDescriptorW;
  if (!convert(wideText(sddl), SDDL_REVISION, buffer, null)) {
    throw new WindlassError("WL_INTERNAL", `Cannot protect the pipe: Windows does not accept '${sddl}'`);
  }
  return localMemory(made[0]!);
}

function openToken(): { readonly handle: bigint } & Disposable {
  const handle = new BigInt64Array([INVALID_HANDLE]);
  const process = kernel32().GetCurrentProcess();
  if (!advapi32().OpenProcessToken(process, TOKEN_QUERY, new Uint8Array(handle.buffer))) {
    throw unknownUser("it has no token");
  }
  const token = handle[0]!;
  return { handle: token, [Symbol.dispose]: () => void kernel32().CloseHandle(token) };
}

function localMemory(address: bigint): SecurityDescriptor {
  const pointer = Deno.UnsafePointer.create(address);
  if (pointer === null) throw unknownUser("Windows could not allocate memory");
  return { pointer, [Symbol.dispose]: () => void kernel32().LocalFree(pointer) };
}

function unknownUser(state: string): WindlassError {
  return new WindlassError("WL_INTERNAL", `Cannot determine which user this process runs as: ${state}`);
}
