import type { Duplex } from "./duplex.ts";

const READ_BYTES = 65_536;

/**
 * This process's stdin and stdout as one stream. To be taken once; nothing else may print to stdout afterwards.
 * A read that waits in the system cannot be called back, so after `close()` a program ends by `Deno.exit()`.
 */
export function stdioDuplex(): Duplex {
  return new StdioDuplex();
}

class StdioDuplex implements Duplex {
  readonly #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(READ_BYTES);
  #endRead: (() => void) | null = null;
  #writeClosed = false;
  #closed = false;

  read(): Promise<Uint8Array | null> {
    return this.readInto(this.#buffer);
  }

  readInto(buffer: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#endRead = () => resolve(null);
      Deno.stdin.read(buffer).then(
        (length) => resolve(length === null ? null : buffer.subarray(0, length)),
        reject,
      );
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    let written = await Deno.stdout.write(bytes);
    while (written < bytes.length) written += await Deno.stdout.write(bytes.subarray(written));
  }

  closeWrite(): Promise<void> {
    if (!this.#writeClosed) Deno.stdout.close();
    this.#writeClosed = true;
    return Promise.resolve();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endRead?.();
    if (!this.#writeClosed) Deno.stdout.close();
    this.#writeClosed = true;
    Deno.stdin.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
