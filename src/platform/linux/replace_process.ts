/**
 * Replaces this process by another program, keeping its id, its standard handles and its place under the
 * caller: what is done to the process from then on is done to that program. Returns only if it fails. Without an
 * environment it keeps this process's own, byte for byte.
 *
 * @returns the errno of execve(2)
 *
 * @example
 * ```ts
 * const reason = replaceProcess("/bin/echo", ["/bin/echo", "hello"], { PATH: "/bin" });
 * ```
 */
export function replaceProcess(
  path: string,
  words: readonly string[],
  environment?: Readonly<Record<string, string>>,
): number {
  const libc = Deno.dlopen("libc.so.6", {
    execv: { parameters: ["buffer", "buffer"], result: "i32" },
    execve: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
    __errno_location: { parameters: [], result: "pointer" },
  });
  const program = textBytes(path);
  const argv = new StringArray(words);
  if (environment === undefined) {
    libc.symbols.execv(program, argv.pointers);
  } else {
    const envp = new StringArray(Object.entries(environment).map(([name, value]) => `${name}=${value}`));
    libc.symbols.execve(program, argv.pointers, envp.pointers);
  }
  const location = libc.symbols.__errno_location();
  const reason = location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
  libc.close();
  return reason;
}

/** `char *array[]` with its texts; the texts must outlive the call, so they are kept here. */
class StringArray {
  readonly pointers: BigUint64Array<ArrayBuffer>;
  readonly texts: readonly Uint8Array<ArrayBuffer>[];

  constructor(texts: readonly string[]) {
    this.texts = texts.map(textBytes);
    this.pointers = new BigUint64Array([
      ...this.texts.map((bytes) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes))),
      0n,
    ]);
  }
}

function textBytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
