import { fstatSync } from "node:fs";
import { Socket } from "node:net";
import type { Duplex } from "./duplex.ts";

/** Chunks that wait for a reader are at most this many bytes and one more chunk; then the pipe is left full. */
const MAXIMUM_WAITING_BYTES = 262_144;

/**
 * Stdin and stdout as event-driven pipes.
 *
 * @throws if they are neither pipes nor unix sockets, which `node:net` cannot wait for.
 */
export function eventedStdio(): Duplex {
  // Asked first: a socket that was made for one of them could only be given back by closing the descriptor.
  for (const descriptor of [0, 1]) {
    const kind = fstatSync(descriptor);
    if (!kind.isFIFO() && !kind.isSocket()) {
      throw new TypeError(`Cannot wait for descriptor ${descriptor}: no pipe`);
    }
  }
  const input = new Socket({ fd: 0, readable: true, writable: false });
  return new EventedStdio(input, new Socket({ fd: 1, readable: false, writable: true }));
}

class EventedStdio implements Duplex {
  readonly #input: Socket;
  readonly #output: Socket;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #waitingBytes = 0;
  #reader: PromiseWithResolvers<Uint8Array<ArrayBuffer> | null> | null = null;
  #ended = false;
  #inputError: Error | null = null;
  #outputError: Error | null = null;

  constructor(input: Socket, output: Socket) {
    this.#input = input;
    this.#output = output;
    input.on("data", (chunk: Uint8Array<ArrayBuffer>) => this.#arrived(chunk));
    input.on("end", () => this.#end());
    input.on("close", () => this.#end());
    input.on("error", (error: Error) => {
      this.#inputError = error;
      this.#end();
    });
    // write() tells those who write.
    output.on("error", (error: Error) => this.#outputError = error);
  }

  read(): Promise<Uint8Array | null> {
    return this.#next();
  }

  /** The chunk is a new one each time, so the caller may have it in place of the buffer. */
  readInto(): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#next();
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

  #next(): Promise<Uint8Array<ArrayBuffer> | null> {
    const chunk = this.#waiting.shift();
    if (chunk !== undefined) {
      this.#waitingBytes -= chunk.length;
      if (this.#waiting.length === 0 && this.#input.isPaused()) this.#input.resume();
      return Promise.resolve(chunk);
    }
    if (this.#inputError !== null) return Promise.reject(this.#inputError);
    if (this.#ended) return Promise.resolve(null);
    this.#reader = Promise.withResolvers();
    return this.#reader.promise;
  }

  #arrived(chunk: Uint8Array<ArrayBuffer>): void {
    if (this.#reader !== null) {
      this.#reader.resolve(chunk);
      this.#reader = null;
      return;
    }
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= MAXIMUM_WAITING_BYTES) this.#input.pause();
  }

  #end(): void {
    this.#ended = true;
    if (this.#inputError !== null) this.#reader?.reject(this.#inputError);
    else this.#reader?.resolve(null);
    this.#reader = null;
  }
}
