import { isClientGone, NT_STATUS, statusName } from "../nt_status.ts";
import type { Completion } from "./overlapped_operation.ts";
import { LARGE_BUFFERS, SMALL_BUFFERS } from "./pipe_buffers.ts";

/**
 * So many messages may be on their way. A message counts as sent when the client has read it, and until this process
 * is notified, the client would wait: with one, half as many bytes went through on a busy machine.
 */
const MESSAGES = 4;

/** The messages that the client has not read yet, as copies of what was written. */
export class PipeOutput {
  #underWay = 0;
  #failure: Error | null = null;
  /** Wakes who waits for a message to be read. */
  #changed = Promise.withResolvers<void>();

  constructor(private readonly send: (message: Uint8Array) => Promise<Completion>) {}

  /** Whether the client has read everything, or never will. */
  get settled(): boolean {
    return this.#underWay === 0;
  }

  /** Sends `bytes` in messages. Resolves when they are copied, which waits for the client if it is far behind. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      while (this.#failure === null && this.#underWay >= MESSAGES) await this.#changed.promise;
      if (this.#failure !== null) throw this.#failure;
      const left = bytes.length - at;
      const pool = left <= SMALL_BUFFERS.length ? SMALL_BUFFERS : LARGE_BUFFERS;
      const buffer = pool.take();
      const length = Math.min(left, buffer.length);
      buffer.set(length === bytes.length ? bytes : bytes.subarray(at, at + length));
      at += length;
      void this.#sendMessage(buffer.subarray(0, length)).then(() => pool.give(buffer));
    }
  }

  /** Resolves when the client has read everything. @throws if it has not, and never will. */
  async flush(): Promise<void> {
    while (this.#underWay > 0) await this.#changed.promise;
    if (this.#failure !== null) throw this.#failure;
  }

  /** Sends one message, which may be empty, behind the others. Resolves when the client has it. */
  async sendLast(message: Uint8Array): Promise<void> {
    await this.flush();
    await this.#sendMessage(message);
    if (this.#failure !== null) throw this.#failure;
  }

  /** Fails what waits and all that comes. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  async #sendMessage(message: Uint8Array): Promise<void> {
    this.#underWay++;
    const { status } = await this.send(message);
    this.#underWay--;
    if (status !== NT_STATUS.SUCCESS) {
      const state = isClientGone(status) ? "it is gone" : `the pipe reports ${statusName(status)}`;
      this.#failure ??= new Deno.errors.BrokenPipe(`Cannot write to the client: ${state}`);
    }
    this.#wake();
  }

  #wake(): void {
    const changed = this.#changed;
    this.#changed = Promise.withResolvers();
    changed.resolve();
  }
}
