import { NT_STATUS } from "../../src/platform/windows/nt_status.ts";
import type { Completion } from "../../src/platform/windows/pipe/overlapped_operation.ts";
import type { PipeInstance } from "../../src/platform/windows/pipe/pipe_instance.ts";

/** A message pipe's instance in memory; the test is the client and the kernel. */
export class FakePipeInstance implements PipeInstance {
  /** What our side wrote, message by message. */
  readonly written: Uint8Array[] = [];
  /** How many bytes each read had room for. */
  readonly reads: number[] = [];
  clientGone = false;
  closed = false;
  /** Resolves when it is closed. */
  readonly ended: Promise<void>;
  readonly #end: () => void;
  /** Whether writes wait for {@linkcode takeWrite}. */
  holdWrites = false;
  readonly #messages: Uint8Array[] = [];
  #listening: ((completion: Completion) => void) | null = null;
  #reading: { readonly buffer: Uint8Array; resolve(completion: Completion): void } | null = null;
  readonly #writing: ((completion: Completion) => void)[] = [];

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  listen(): Promise<Completion> {
    return new Promise((resolve) => this.#listening = resolve);
  }

  /** A client opens the pipe, or the kernel ends the waiting in another way. */
  connect(status: number = NT_STATUS.SUCCESS): void {
    this.#listening?.({ status, bytes: 0 });
  }

  read(buffer: Uint8Array): Promise<Completion> {
    this.reads.push(buffer.length);
    return new Promise((resolve) => {
      this.#reading = { buffer, resolve };
      this.#feed();
    });
  }

  /** The client sends a message, which may be empty. */
  send(message: Uint8Array): void {
    this.#messages.push(message);
    this.#feed();
  }

  /** The client closes its handle; what it had sent can still be read. */
  leave(): void {
    this.clientGone = true;
    this.#endWrites(NT_STATUS.PIPE_BROKEN);
    this.#feed();
  }

  write(message: Uint8Array): Promise<Completion> {
    if (this.clientGone) return Promise.resolve({ status: NT_STATUS.PIPE_CLOSING, bytes: 0 });
    this.written.push(message.slice());
    if (!this.holdWrites) return Promise.resolve({ status: NT_STATUS.SUCCESS, bytes: message.length });
    return new Promise((resolve) => this.#writing.push(resolve));
  }

  /** The client reads the oldest message, or the kernel ends that write in another way. */
  takeWrite(status: number = NT_STATUS.SUCCESS): void {
    this.#writing.shift()?.({ status, bytes: 0 });
  }

  cancelRead(): void {
    this.failRead(NT_STATUS.CANCELLED);
  }

  /** The kernel ends the read that waits. */
  failRead(status: number): void {
    this.#reading?.resolve({ status, bytes: 0 });
    this.#reading = null;
  }

  isClientGone(): boolean {
    return this.closed || this.clientGone;
  }

  close(): void {
    this.closed = true;
    this.#end();
    this.#listening?.({ status: NT_STATUS.CANCELLED, bytes: 0 });
    this.failRead(NT_STATUS.CANCELLED);
    this.#endWrites(NT_STATUS.CANCELLED);
  }

  #endWrites(status: number): void {
    while (this.#writing.length > 0) this.takeWrite(status);
  }

  #feed(): void {
    const reading = this.#reading;
    if (reading === null) return;
    const message = this.#messages[0];
    if (message === undefined) return this.clientGone ? this.failRead(NT_STATUS.PIPE_BROKEN) : undefined;
    this.#reading = null;
    const bytes = Math.min(message.length, reading.buffer.length);
    reading.buffer.set(message.subarray(0, bytes));
    const isWhole = bytes === message.length;
    if (isWhole) this.#messages.shift();
    else this.#messages[0] = message.subarray(bytes);
    reading.resolve({ status: isWhole ? NT_STATUS.SUCCESS : NT_STATUS.BUFFER_OVERFLOW, bytes });
  }
}
