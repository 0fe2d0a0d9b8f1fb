import type { Duplex } from "./duplex.ts";
import { openEventedStdio } from "./evented_stdio.ts";

const READ_BYTES = 65_536;

/**
 * This process's stdin and stdout as one stream. To be taken once; nothing else may print to stdout afterwards.
 * The peer sees the end of stdout when this process ends, not at `closeWrite()`: the runtime keeps a copy of the descriptor.
 *
 * Pipes and unix sockets are waited for by the event loop. Measured through `tests/bench/mux_bench.ts` on two busy
 * cores, best of four: 28 µs a round trip and 1370 MB/s sent, where `Deno.stdin` and `Deno.stdout`, whose every call goes
 * through a thread, take 50 µs and 830 MB/s. Those serve what the event loop cannot wait for (files, hypervisor
 * sockets); a read of theirs cannot be called back, so after `close()` such a program has to exit by itself.
 *
 * @example
 * ```ts
 * await using session = openMuxSession(await openStdioDuplex(), { role: "agent", accept, log });
 * ```
 */
export async function openStdioDuplex(): Promise<Duplex> {
  try {
    return await openEventedStdio();
  } catch {
    return new ThreadedStdio(); // neither pipes nor unix sockets
  }
}

class ThreadedStdio implements Duplex {
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
