import { allocateWithHeaderRoom } from "../../streams/header_room.ts";
import type { ClientConnection } from "../listener.ts";
import { isClientGone, NT_STATUS, statusName } from "./nt_status.ts";
import type { PipeInstance } from "./pipe_instance.ts";

/** One read: with the mux's frame header ahead it fills a Linux pipe exactly. */
const READ_BYTES = 65_528;
/** The first reads of a connection: a request's head and most answers fit, and idle connections stay cheap. */
const FIRST_READ_BYTES = 4_088;
/** One message at most; the kernel keeps what the client has not read yet in memory that is never paged out. */
const MESSAGE_BYTES = 65_536;
/** What tells the other side that no more will come. Nothing but `closeWrite()` may ever send one. */
const EMPTY_MESSAGE = new Uint8Array(new ArrayBuffer(1), 0, 0);

/**
 * Those of connections that have ended: no caller has bytes of them on loan, the kernel neither. Left to the garbage
 * collector they made the process 70 MB larger, since it lets 64 MB of them come together.
 */
const FREE_BUFFERS: Uint8Array<ArrayBuffer>[] = [];
/** A megabyte. */
const FREE_BUFFERS_AT_MOST = 256;

/**
 * A connected instance of a message pipe as a stream of bytes, which it owns.
 *
 * - The client's empty message ends its direction; `closeWrite()` sends ours.
 * - A client that has closed its handle is gone at once; what it had sent is still read, and then comes the end.
 * - A write resolves once the client has read it, so `close()` loses nothing that was written.
 */
export class PipeConnection implements ClientConnection {
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  #writing: Promise<void> | null = null;
  #ended = false;
  #writeClosed = false;
  #closed = false;

  constructor(private readonly instance: PipeInstance) {}

  async read(): Promise<Uint8Array | null> {
    if (this.#closed || this.#ended) return null;
    const buffer = this.#buffer ??= FREE_BUFFERS.pop() ?? allocateWithHeaderRoom(FIRST_READ_BYTES);
    const { status, bytes } = await this.instance.read(buffer);
    if (bytes > 0 && (status === NT_STATUS.SUCCESS || status === NT_STATUS.BUFFER_OVERFLOW)) {
      if (bytes < buffer.length) return buffer.subarray(0, bytes);
      if (bytes < READ_BYTES) this.#buffer = allocateWithHeaderRoom(READ_BYTES);
      return buffer;
    }
    this.#ended = true;
    this.#buffer = null;
    if (buffer.length === FIRST_READ_BYTES && FREE_BUFFERS.length < FREE_BUFFERS_AT_MOST) {
      FREE_BUFFERS.push(buffer);
    }
    if (this.#closed) return null; // close() interrupted it
    if (status === NT_STATUS.SUCCESS || isClientGone(status)) return null;
    throw new Deno.errors.ConnectionReset(
      `Cannot read from the client: the pipe reports ${statusName(status)}`,
    );
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#closed || this.#writeClosed) {
      return Promise.reject(
        new Deno.errors.BrokenPipe("Cannot write to the client: this direction is closed"),
      );
    }
    if (bytes.length === 0) return Promise.resolve();
    return this.#writing = this.#writeAll(bytes);
  }

  async closeWrite(): Promise<void> {
    if (this.#closed || this.#writeClosed) return;
    this.#writeClosed = true;
    try {
      await this.#writing; // a client could miss an empty message that is queued behind unread bytes
      await this.#send(EMPTY_MESSAGE);
    } catch (error) {
      // A client that has left has no direction left to close.
      if (!this.#closed && !this.instance.isClientGone()) throw error;
    }
  }

  isGone(): Promise<boolean> {
    return Promise.resolve(this.#closed || this.instance.isClientGone());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.instance.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += MESSAGE_BYTES) {
      await this.#send(bytes.length <= MESSAGE_BYTES ? bytes : bytes.subarray(at, at + MESSAGE_BYTES));
    }
  }

  async #send(message: Uint8Array): Promise<void> {
    const { status } = await this.instance.write(message);
    if (status === NT_STATUS.SUCCESS) return;
    const state = this.#closed
      ? "the connection is closed"
      : isClientGone(status)
      ? "it is gone"
      : `the pipe reports ${statusName(status)}`;
    throw new Deno.errors.BrokenPipe(`Cannot write to the client: ${state}`);
  }
}
