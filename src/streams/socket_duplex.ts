import type { Socket } from "node:net";
import type { Duplex } from "./duplex.ts";

/**
 * Wraps a connected socket of `node:net` and owns it. The socket must have been made with `allowHalfOpen`. For where
 * `Deno.Conn` cannot be had: sockets that were made from a descriptor.
 *
 * @example
 * ```ts
 * using client = socketDuplex(new Socket({ fd, allowHalfOpen: true }));
 * ```
 */
export function socketDuplex(socket: Socket): Duplex {
  return new SocketDuplex(socket);
}

/**
 * Chunks that may wait for a reader before the socket is paused, of up to 64 KiB each: one is read while the other is
 * written. To pause and resume the socket for each chunk takes longer than to read a small one.
 */
const MAXIMUM_WAITING_CHUNKS = 2;

class SocketDuplex implements Duplex {
  readonly #socket: Socket;
  /** Chunks that came while nobody read. */
  readonly #chunks: Uint8Array[] = [];
  #paused = true;
  #reader: PromiseWithResolvers<Uint8Array | null> | undefined;
  #ended = false;
  #error: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#serve();
      if (this.#chunks.length >= MAXIMUM_WAITING_CHUNKS) this.#pause(true);
    });
    socket.on("end", () => this.#end());
    socket.on("close", () => this.#end());
    socket.on("error", (error) => {
      this.#error ??= error;
      this.#end();
    });
    socket.pause();
  }

  read(): Promise<Uint8Array | null> {
    this.#reader = Promise.withResolvers();
    const { promise } = this.#reader;
    this.#serve();
    if (this.#chunks.length === 0 && !this.#ended) this.#pause(false);
    return promise;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    return new Promise((resolve, reject) =>
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve())
    );
  }

  closeWrite(): Promise<void> {
    if (this.#socket.destroyed || this.#socket.writableEnded) return Promise.resolve();
    return new Promise((resolve) => this.#socket.end(() => resolve()));
  }

  close(): void {
    this.#chunks.length = 0;
    this.#socket.destroy();
    this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #end(): void {
    this.#ended = true;
    this.#serve();
  }

  #pause(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    if (paused) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Gives the reader what there is. */
  #serve(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    const chunk = this.#chunks.shift();
    if (chunk === undefined && !this.#ended) return;
    this.#reader = undefined;
    if (chunk !== undefined) reader.resolve(chunk);
    else if (this.#error === undefined) reader.resolve(null);
    else reader.reject(this.#error);
  }
}
