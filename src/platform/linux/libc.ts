/** What is called of the C library. */
const FUNCTIONS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32", nonblocking: true },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The C library. */
export interface Libc {
  readonly symbols: Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"];
  /** Why the last call failed; to be asked before anything else is done. */
  errno(): number;
}

let opened: Libc | undefined;

/**
 * The C library, for as long as the process lives: it is in memory anyway, but to make its functions callable takes 3 ms,
 * and every port that is published needs it.
 */
export function libc(): Libc {
  return opened ??= openLibc();
}

function openLibc(): Libc {
  const { symbols } = Deno.dlopen("libc.so.6", FUNCTIONS);
  return {
    symbols,
    errno: () => {
      const location = symbols.__errno_location();
      return location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
    },
  };
}
