/**
 * The functions of ntdll.dll that pipes are made of, and what is known of a process. The ones of kernel32.dll above them report a failure in the
 * thread's last error, which the runtime may overwrite before a second call could ask for it; these return it.
 */
const FUNCTIONS = {
  NtCreateNamedPipeFile: {
    parameters: [
      "buffer", // handle, written
      "u32", // access
      "buffer", // object attributes
      "buffer", // status block
      "u32", // sharing
      "u32", // disposition
      "u32", // options
      "u32", // type
      "u32", // read mode
      "u32", // completion mode
      "u32", // instances at most
      "u32", // quota of what clients send
      "u32", // quota of what the server sends
      "buffer", // default time-out
    ],
    result: "u32",
  },
  NtFsControlFile: {
    parameters: [
      "isize",
      "isize",
      "pointer",
      "usize",
      "buffer",
      "u32",
      "pointer",
      "u32",
      "pointer",
      "u32",
    ],
    result: "u32",
  },
  NtQueryInformationFile: { parameters: ["isize", "buffer", "buffer", "u32", "u32"], result: "u32" },
  NtQueryInformationProcess: { parameters: ["isize", "u32", "buffer", "u32", "buffer"], result: "u32" },
  NtReadFile: {
    parameters: ["isize", "isize", "pointer", "usize", "buffer", "buffer", "u32", "pointer", "pointer"],
    result: "u32",
  },
  NtWriteFile: {
    parameters: ["isize", "isize", "pointer", "usize", "buffer", "buffer", "u32", "pointer", "pointer"],
    result: "u32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

type Ntdll = Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"];

let symbols: Ntdll | undefined;

/** Opened with the first use, for as long as the process lives. */
export function ntdll(): Ntdll {
  return symbols ??= Deno.dlopen("ntdll.dll", FUNCTIONS).symbols;
}
