/** What is called of the C library. */
const FUNCTIONS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32", nonblocking: true },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The C library, until it is disposed. */
export interface Libc extends Disposable {
  readonly symbols: Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"];
  /** Why the last call failed; to be asked before anything else is done. */
  errno(): number;
}

/** Opens the C library, which is in memory already. */
export function openLibc(): Libc {
  const library = Deno.dlopen("libc.so.6", FUNCTIONS);
  return {
    symbols: library.symbols,
    errno: () => {
      const location = library.symbols.__errno_location();
      return location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
    },
    [Symbol.dispose]: () => library.close(),
  };
}
