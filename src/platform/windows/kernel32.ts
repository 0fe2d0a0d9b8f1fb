/**
 * The functions of kernel32.dll that are called straight. Handles are numbers of 64 bits.
 */
const FUNCTIONS = {
  CancelIoEx: { parameters: ["isize", "pointer"], result: "i32" },
  CloseHandle: { parameters: ["isize"], result: "i32" },
  CreateFileW: {
    parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "isize"],
    result: "isize",
  },
  CreateIoCompletionPort: { parameters: ["isize", "isize", "usize", "u32"], result: "isize" },
  GetCurrentProcess: { parameters: [], result: "isize" },
  GetNamedPipeServerProcessId: { parameters: ["isize", "buffer"], result: "i32" },
  // Waits, so it gets a thread of the runtime and resolves when it returns.
  GetQueuedCompletionStatusEx: {
    parameters: ["isize", "buffer", "u32", "buffer", "u32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  LocalFree: { parameters: ["pointer"], result: "pointer" },
  OpenProcess: { parameters: ["u32", "i32", "u32"], result: "isize" },
  PostQueuedCompletionStatus: { parameters: ["isize", "u32", "usize", "usize"], result: "i32" },
  QueryFullProcessImageNameW: { parameters: ["isize", "u32", "buffer", "buffer"], result: "i32" },
  SetFileCompletionNotificationModes: { parameters: ["isize", "u8"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

type Kernel32 = Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"];

let symbols: Kernel32 | undefined;

/** Where a handle should be and there is none: INVALID_HANDLE_VALUE. */
export const INVALID_HANDLE = -1n;

/** Opened with the first use, for as long as the process lives. */
export function kernel32(): Kernel32 {
  return symbols ??= Deno.dlopen("kernel32.dll", FUNCTIONS).symbols;
}
