import type { Duplex } from "./duplex.ts";

/** Read size where the caller brings no buffer: what a Linux pipe holds. */
const READ_BYTES = 65_536;

/** The part of `Deno.ChildProcess` that is used; stdin and stdout are piped. */
export interface ProcessPipes {
  readonly stdin: WritableStream<Uint8Array<ArrayBufferLike>>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/**
 * The stdin and stdout of a child process as one stream; owns the two pipes, not the process. `close()` closes both,
 * which most children take as the end. The caller waits for the child.
 *
 * @example
 * ```ts
 * const child = new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn();
 * using link = processDuplex(child);
 * ```
 */
export function processDuplex(pipes: ProcessPipes): Duplex {
  return new ProcessDuplex(pipes);
}

class ProcessDuplex implements Duplex {
  readonly #reader: ReadableStreamBYOBReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(READ_BYTES);
  #failWrite: ((reason: Error) => void) | null = null;
  #writeClosed = false;
  #closed = false;

  constructor(pipes: ProcessPipes) {
    this.#reader = pipes.stdout.getReader({ mode: "byob" });
    this.#writer = pipes.stdin.getWriter();
    this.#writer.closed.catch(() => {}); // write() rejects for callers that write
    this.#reader.closed.catch(() => {});
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(READ_BYTES);
    const bytes = await this.readInto(this.#buffer);
    this.#buffer = bytes === null ? new Uint8Array(0) : new Uint8Array(bytes.buffer);
    return bytes;
  }

  async readInto(buffer: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#closed) return null;
    const { value, done } = await this.#reader.read(buffer);
    return done ? null : value;
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#failWrite = reject;
      this.#writer.write(bytes).then(resolve, reject);
    });
  }

  async closeWrite(): Promise<void> {
    if (this.#writeClosed) return;
    this.#writeClosed = true;
    await this.#writer.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const reason = new Deno.errors.BrokenPipe("it was closed here");
    // Failures do not matter: the pipes are gone either way.
    this.#reader.cancel().catch(() => {});
    if (!this.#writeClosed) this.#writer.abort(reason).catch(() => {});
    this.#failWrite?.(reason); // abort() waits for a write that a child keeps waiting
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
