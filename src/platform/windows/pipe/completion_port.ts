import { WindlassError } from "../../../errors/windlass_error.ts";
import { INVALID_HANDLE, kernel32 } from "../kernel32.ts";
import { type Completion, OperationPool, type OverlappedOperation } from "./overlapped_operation.ts";
import { NT_STATUS } from "../nt_status.ts";

/** OVERLAPPED_ENTRY: key, the operation's id, and two numbers that its status block has as well. */
const ENTRY_BYTES = 32;
const ENTRY_WORDS = ENTRY_BYTES / Uint32Array.BYTES_PER_ELEMENT;
const ENTRY_ID_WORD = 2;
/** As many packets as one call may bring; what is left comes with the next. */
const ENTRIES = 128;
const NO_HANDLE = 0n;
const WAIT_FOREVER = 0xffff_ffff;
const SKIP_PORT_ON_SUCCESS = 1;
const SKIP_EVENT = 2;
/**
 * So many operations in a row may end at once before one has to take its turn behind the others: code that awaits
 * them would never let the event loop see anything else.
 */
const IMMEDIATE_AT_MOST = 64;

/**
 * The one completion port of this process and the one thread that waits at it. Both exist only while handles use
 * them, so they do not keep the process alive.
 */
class CompletionPort {
  readonly operations = new OperationPool();
  readonly #entries = new Uint32Array(ENTRIES * ENTRY_WORDS);
  readonly #count = new Uint32Array(1);
  readonly #deferred: (() => void)[] = [];
  #handle: bigint = INVALID_HANDLE;
  #users = 0;
  #waiting = false;
  #immediate = 0;

  /**
   * Has the operations of `handle` end here. Each call needs its {@linkcode release}.
   *
   * @throws {WindlassError} `WL_OUT_OF_MEMORY` if Windows gives no port.
   */
  use(handle: bigint): void {
    if (this.#handle === INVALID_HANDLE) this.#handle = this.#attach(INVALID_HANDLE, NO_HANDLE);
    this.#attach(handle, this.#handle);
    // If refused, there are packets for operations that nobody waits for; they are ignored.
    kernel32().SetFileCompletionNotificationModes(handle, SKIP_PORT_ON_SUCCESS | SKIP_EVENT);
    this.#users++;
    if (!this.#waiting) void this.#run();
  }

  /** One handle fewer. With the last, the waiting thread is woken and ends. */
  release(): void {
    if (--this.#users === 0) this.#wake();
  }

  /** The end of an operation, by the status that its call returned. */
  completion(
    operation: OverlappedOperation,
    status: number,
    buffer: Uint8Array | null,
  ): Promise<Completion> {
    if (status === NT_STATUS.PENDING) return operation.wait(buffer);
    const completion = operation.immediate(status);
    if (++this.#immediate < IMMEDIATE_AT_MOST) return Promise.resolve(completion);
    return new Promise((resolve) => {
      if (this.#deferred.push(() => resolve(completion)) === 1) this.#wake();
    });
  }

  #attach(handle: bigint, port: bigint): bigint {
    const result = kernel32().CreateIoCompletionPort(handle, port, 0n, 0);
    if (result !== NO_HANDLE) return result;
    throw new WindlassError(
      "WL_OUT_OF_MEMORY",
      "Cannot wait for a pipe: Windows cannot create a completion port",
    );
  }

  #wake(): void {
    kernel32().PostQueuedCompletionStatus(this.#handle, 0, 0n, 0n);
  }

  async #run(): Promise<void> {
    this.#waiting = true;
    const entries = new Uint8Array(this.#entries.buffer);
    const count = new Uint8Array(this.#count.buffer);
    while (this.#users > 0) {
      this.#count[0] = 0;
      await kernel32().GetQueuedCompletionStatusEx(
        this.#handle,
        entries,
        ENTRIES,
        count,
        WAIT_FOREVER,
        0,
      );
      this.#immediate = 0;
      this.#dispatch();
    }
    this.#waiting = false;
    kernel32().CloseHandle(this.#handle);
    this.#handle = INVALID_HANDLE;
  }

  #dispatch(): void {
    const count = this.#count[0]!;
    for (let index = 0; index < count; index++) {
      const id = this.#entries[index * ENTRY_WORDS + ENTRY_ID_WORD]!;
      this.operations.byId(id)?.arrived();
    }
    for (const resolve of this.#deferred.splice(0)) resolve();
  }
}

/** The process's own. */
export const COMPLETION_PORT = new CompletionPort();
