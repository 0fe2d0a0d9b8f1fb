import type { Duplex } from "./duplex.ts";

/**
 * Two ends of a stream within one process, for tests: what one writes, the other reads. A write resolves when the
 * other end has read it all, as on a pipe without any buffer, the hardest transport to be free of deadlocks on.
 *
 * @example
 * ```ts
 * const [ours, theirs] = createMemoryDuplexPair();
 * ```
 */
export function createMemoryDuplexPair(): [Duplex, Duplex] {
  const there = new MemoryPipe();
  const back = new MemoryPipe();
  return [new MemoryDuplex(back, there), new MemoryDuplex(there, back)];
}

class MemoryDuplex implements Duplex {
  constructor(private readonly input: MemoryPipe, private readonly output: MemoryPipe) {}

  read(): Promise<Uint8Array | null> {
    return this.input.read();
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.output.write(bytes);
  }

  closeWrite(): Promise<void> {
    this.output.end();
    return Promise.resolve();
  }

  close(): void {
    this.output.end();
    this.input.abandon();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** One direction: at most one write and one read wait in it. */
class MemoryPipe {
  #write: { bytes: Uint8Array; done: PromiseWithResolvers<void> } | null = null;
  #read: PromiseWithResolvers<Uint8Array | null> | null = null;
  #ended = false;
  #abandoned = false;

  read(): Promise<Uint8Array | null> {
    if (this.#write !== null) {
      const { bytes, done } = this.#write;
      this.#write = null;
      const copy = bytes.slice(); // the writer gets its buffer back now
      done.resolve();
      return Promise.resolve(copy);
    }
    if (this.#ended || this.#abandoned) return Promise.resolve(null);
    this.#read = Promise.withResolvers();
    return this.#read.promise;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#abandoned) return Promise.reject(new Deno.errors.BrokenPipe("the other end is closed"));
    if (this.#ended) return Promise.reject(new Deno.errors.BrokenPipe("this direction is closed"));
    if (bytes.length === 0) return Promise.resolve();
    if (this.#read !== null) {
      this.#read.resolve(bytes.slice());
      this.#read = null;
      return Promise.resolve();
    }
    this.#write = { bytes, done: Promise.withResolvers() };
    return this.#write.done.promise;
  }

  /** No more bytes; those of a write that waits are lost, as its buffer is no longer lent. */
  end(): void {
    this.#ended = true;
    this.#read?.resolve(null);
    this.#read = null;
    this.#write?.done.reject(new Deno.errors.BrokenPipe("this direction was closed"));
    this.#write = null;
  }

  /** The reader is gone. */
  abandon(): void {
    this.#abandoned = true;
    this.end();
  }
}
