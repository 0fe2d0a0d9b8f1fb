import type { Socket } from "node:net";
import type { Duplex } from "./duplex.ts";

/** One read of stdin: what a Linux pipe holds. */
const READ_BYTES = 65_536;

/** So many buffers wait for a reader; then the pipe is left full. */
const MAXIMUM_WAITING_BUFFERS = 4;

/** What `node:net` takes beyond its types: reads go into one buffer, instead of a new one each, which is 64 KiB of
 * garbage a read: 1 GB of input left a process of 400 MB, with one buffer it is 48 MB. */
interface ReadIntoOptions {
  readonly onread: { readonly buffer: Uint8Array; callback(length: number, buffer: Uint8Array): boolean };
}

/**
 * Stdin and stdout as event-driven pipes. Loads `node:net` at the call and not with this module: that takes 70 ms of
 * CPU, which a program may want to spend after it has started others.
 *
 * @throws if they are neither pipes nor unix sockets, which `node:net` cannot wait for.
 */
export async function openEventedStdio(): Promise<Duplex> {
  // Asked first: a socket that was made for one of them could only be given back by closing the descriptor.
  for (const descriptor of [0, 1]) {
    const kind = Deno.statSync(`/proc/self/fd/${descriptor}`);
    if (!kind.isFifo && !kind.isSocket) {
      throw new TypeError(`Cannot wait for descriptor ${descriptor}: no pipe`);
    }
  }
  const { Socket } = await import("node:net");
  return new EventedStdio(Socket);
}

interface PendingRead {
  readonly buffer: Uint8Array<ArrayBuffer>;
  resolve(bytes: Uint8Array<ArrayBuffer> | null): void;
  reject(reason: Error): void;
}

/** A buffer of `READ_BYTES`, filled up to `length`. */
interface WaitingBytes {
  readonly buffer: Uint8Array<ArrayBuffer>;
  length: number;
}

class EventedStdio implements Duplex {
  readonly #input: Socket;
  readonly #output: Socket;
  #waiting: WaitingBytes[] = [];
  /** What readers gave for those that had waited. A new buffer for each of them would be left to the garbage collector,
   * which comes so late that an upload made the process 40 MB larger for good. */
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  #paused = false;
  #reader: PendingRead | null = null;
  #ownBuffer: Uint8Array<ArrayBuffer> | null = null;
  #ended = false;
  #inputError: Error | null = null;
  #outputError: Error | null = null;

  constructor(PipeSocket: typeof Socket) {
    const options: ReadIntoOptions = {
      onread: {
        buffer: new Uint8Array(READ_BYTES),
        callback: (length, buffer) => this.#arrived(buffer.subarray(0, length)),
      },
    };
    const input = this.#input = new PipeSocket({ fd: 0, readable: true, writable: false, ...options });
    const output = this.#output = new PipeSocket({ fd: 1, readable: false, writable: true });
    input.on("end", () => this.#end());
    input.on("close", () => this.#end());
    input.on("error", (error: Error) => {
      this.#inputError = error;
      this.#end();
    });
    // write() rejects for callers that write.
    output.on("error", (error: Error) => this.#outputError = error);
    input.resume();
  }

  async read(): Promise<Uint8Array | null> {
    const bytes = await this.readInto(this.#ownBuffer ??= new Uint8Array(READ_BYTES));
    if (bytes !== null) this.#ownBuffer = new Uint8Array(bytes.buffer);
    return bytes;
  }

  readInto(buffer: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
    const first = this.#waiting.shift();
    if (first !== undefined) {
      if (buffer.length === READ_BYTES) this.#spare.push(buffer);
      if (this.#paused && this.#waiting.length === 0) {
        this.#paused = false;
        this.#input.resume();
      }
      return Promise.resolve(first.buffer.subarray(0, first.length));
    }
    if (this.#inputError !== null) return Promise.reject(this.#inputError);
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#reader = { buffer, resolve, reject };
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#outputError !== null) return Promise.reject(this.#outputError);
    return new Promise((resolve, reject) => {
      this.#output.write(bytes, (error) => error ? reject(error) : resolve());
    });
  }

  closeWrite(): Promise<void> {
    if (this.#output.destroyed || this.#output.writableEnded) return Promise.resolve();
    return new Promise((resolve) =>
      this.#output.end(() => {
        // One direction is a pipe of its own here: its end is the closing of the descriptor.
        this.#output.destroy();
        resolve();
      })
    );
  }

  close(): void {
    this.#input.destroy();
    this.#output.destroy();
    this.#waiting = [];
    this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Takes a chunk that lies in the socket's buffer; returns whether more may come. */
  #arrived(chunk: Uint8Array): boolean {
    const reader = this.#reader;
    if (reader !== null && reader.buffer.length >= chunk.length) {
      this.#reader = null;
      reader.buffer.set(chunk);
      reader.resolve(reader.buffer.subarray(0, chunk.length));
      return true;
    }
    if (reader !== null) {
      this.#reader = null;
      reader.resolve(new Uint8Array(chunk)); // larger than the caller's buffer: it gets this one in its place
      return true;
    }
    this.#keep(chunk);
    this.#paused = this.#waiting.length >= MAXIMUM_WAITING_BUFFERS;
    return !this.#paused;
  }

  /** Puts a chunk behind what waits. */
  #keep(chunk: Uint8Array): void {
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.length + chunk.length <= READ_BYTES) {
      last.buffer.set(chunk, last.length);
      last.length += chunk.length;
      return;
    }
    const buffer = this.#spare.pop() ?? new Uint8Array(READ_BYTES);
    buffer.set(chunk);
    this.#waiting.push({ buffer, length: chunk.length });
  }

  #end(): void {
    this.#ended = true;
    if (this.#inputError !== null) this.#reader?.reject(this.#inputError);
    else this.#reader?.resolve(null);
    this.#reader = null;
  }
}
