/**
 * The functions of kernel32.dll that are called straight. Handles are numbers of 64 bits.
 */
const FUNCTIONS = {
  CancelIoEx: { parameters: ["isize", "buffer"], result: "i32" },
  CloseHandle: { parameters: ["isize"], result: "i32" },
  CreateEventW: { parameters: ["pointer", "i32", "i32", "pointer"], result: "isize" },
  CreateFileW: {
    parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "isize"],
    result: "isize",
  },
  CreatePipe: { parameters: ["buffer", "buffer", "buffer", "u32"], result: "i32" },
  CreateProcessW: {
    parameters: [
      ...["pointer", "buffer", "pointer", "pointer", "i32"],
      ...["u32", "buffer", "buffer", "buffer", "buffer"],
    ] as const,
    result: "i32",
  },
  CreateIoCompletionPort: { parameters: ["isize", "isize", "usize", "u32"], result: "isize" },
  DeleteProcThreadAttributeList: { parameters: ["buffer"], result: "void" },
  GetCurrentProcess: { parameters: [], result: "isize" },
  GetDriveTypeW: { parameters: ["buffer"], result: "u32" },
  GetExitCodeProcess: { parameters: ["isize", "buffer"], result: "i32" },
  GetLastError: { parameters: [], result: "u32" },
  GetNamedPipeServerProcessId: { parameters: ["isize", "buffer"], result: "i32" },
  // Waits, so it gets a thread of the runtime and resolves when it returns.
  GetQueuedCompletionStatusEx: {
    parameters: ["isize", "buffer", "u32", "buffer", "u32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  GetProcessTimes: { parameters: ["isize", "buffer", "buffer", "buffer", "buffer"], result: "i32" },
  GlobalFree: { parameters: ["pointer"], result: "pointer" },
  InitializeProcThreadAttributeList: { parameters: ["buffer", "u32", "u32", "buffer"], result: "i32" },
  LocalFree: { parameters: ["pointer"], result: "pointer" },
  OpenProcess: { parameters: ["u32", "i32", "u32"], result: "isize" },
  PostQueuedCompletionStatus: { parameters: ["isize", "u32", "usize", "usize"], result: "i32" },
  QueryFullProcessImageNameW: { parameters: ["isize", "u32", "buffer", "buffer"], result: "i32" },
  // Waits, as above.
  ReadFile: { parameters: ["isize", "buffer", "u32", "buffer", "pointer"], result: "i32", nonblocking: true },
  SetFileCompletionNotificationModes: { parameters: ["isize", "u8"], result: "i32" },
  TerminateProcess: { parameters: ["isize", "u32"], result: "i32" },
  UpdateProcThreadAttribute: {
    parameters: ["buffer", "u32", "usize", "buffer", "usize", "pointer", "pointer"],
    result: "i32",
  },
  // Waits, as above.
  WaitForSingleObject: { parameters: ["isize", "u32"], result: "u32", nonblocking: true },
  // The same without a thread, for a caller that passes 0 milliseconds and so does not wait.
  CheckSingleObject: { name: "WaitForSingleObject", parameters: ["isize", "u32"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

type Kernel32 = Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"];

let symbols: Kernel32 | undefined;

/** Where a handle should be and there is none: INVALID_HANDLE_VALUE. */
export const INVALID_HANDLE = -1n;

/** Opened with the first use, for as long as the process lives. */
export function kernel32(): Kernel32 {
  return symbols ??= Deno.dlopen("kernel32.dll", FUNCTIONS).symbols;
}
