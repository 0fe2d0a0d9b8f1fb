import type { ClientConnection } from "../../listener.ts";
import { isClientGone, NT_STATUS, statusName } from "../nt_status.ts";
import { LARGE_BUFFERS, SMALL_BUFFERS } from "./pipe_buffers.ts";
import type { PipeInstance } from "./pipe_instance.ts";
import { PipeOutput } from "./pipe_output.ts";

/** What tells the other side that no more will come. Nothing but `closeWrite()` may ever send one. */
const EMPTY_MESSAGE = new Uint8Array(new ArrayBuffer(1), 0, 0);

/**
 * How long a client may take, after `close()`, to read what was written before, in milliseconds. A socket would leave
 * that to the kernel; a pipe loses with its handle what is still on its way.
 */
const DELIVERY_MILLISECONDS = 5_000;

/**
 * How long a client that has read everything may take to read the empty message, in milliseconds. Those that read bytes
 * and no messages, as libuv does, may never: they see the end when the handle is closed.
 */
const END_MILLISECONDS = 100;

/**
 * A connected instance of a message pipe as a stream of bytes, which it owns.
 *
 * - The client's empty message ends its direction; `closeWrite()` sends ours, when the client has read all before it.
 *   It does not wait for long until that is read, too: not every client reads it.
 * - A client that has closed its handle is gone at once; what it had sent is still read, and then comes the end.
 * - `close()` leaves the client time to read what was written.
 */
export class PipeConnection implements ClientConnection {
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  #ended = false;
  #writeClosed = false;
  #closed = false;
  /** Set while our end is on its way. */
  #ending: Promise<void> | null = null;
  readonly #output: PipeOutput;

  constructor(
    private readonly instance: PipeInstance,
    private readonly deliveryMilliseconds: number = DELIVERY_MILLISECONDS,
  ) {
    this.#output = new PipeOutput((message) => instance.write(message));
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#closed || this.#ended) return null;
    const buffer = this.#buffer ??= SMALL_BUFFERS.take();
    const { status, bytes } = await this.instance.read(buffer);
    if (bytes > 0 && (status === NT_STATUS.SUCCESS || status === NT_STATUS.BUFFER_OVERFLOW)) {
      if (bytes < buffer.length) return buffer.subarray(0, bytes);
      if (bytes < LARGE_BUFFERS.length) this.#buffer = LARGE_BUFFERS.take();
      return buffer;
    }
    this.#ended = true;
    this.#buffer = null;
    // A further read returns what the last read lent.
    (buffer.length === SMALL_BUFFERS.length ? SMALL_BUFFERS : LARGE_BUFFERS).give(buffer);
    if (this.#closed) return null; // close() interrupted it
    if (status === NT_STATUS.SUCCESS || isClientGone(status)) return null;
    throw new Deno.errors.ConnectionReset(
      `Cannot read from the client: the pipe reports ${statusName(status)}`,
    );
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed || this.#writeClosed) {
      throw new Deno.errors.BrokenPipe("Cannot write to the client: this direction is closed");
    }
    await this.#output.write(bytes);
  }

  async closeWrite(): Promise<void> {
    if (this.#closed || this.#writeClosed) return;
    this.#writeClosed = true;
    try {
      await (this.#ending = this.#end());
    } catch (error) {
      // A client that has left has no direction left to close.
      if (!this.#closed && !this.instance.isClientGone()) throw error;
    } finally {
      this.#ending = null;
    }
  }

  isGone(): Promise<boolean> {
    return Promise.resolve(this.#closed || this.instance.isClientGone());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const isDelivered = this.#output.settled || this.#writeClosed;
    if (isDelivered && this.#ending === null) return this.instance.close();
    this.instance.cancelRead();
    void this.#closeWhenRead();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #end(): Promise<void> {
    await this.#output.flush();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, END_MILLISECONDS);
    await Promise.race([this.#output.sendLast(EMPTY_MESSAGE), promise]).finally(() => clearTimeout(timer));
  }

  async #closeWhenRead(): Promise<void> {
    const timer = setTimeout(() => this.instance.close(), this.deliveryMilliseconds);
    if (this.#ending === null) {
      this.#output.fail(new Deno.errors.BrokenPipe("Cannot write to the client: the connection is closed"));
    }
    await (this.#ending ?? this.#output.flush()).catch(() => {});
    clearTimeout(timer);
    this.instance.close();
  }
}
