import { COMPLETION_PORT } from "./completion_port.ts";
import { kernel32 } from "../kernel32.ts";
import { NT_STATUS } from "../nt_status.ts";
import { ntdll } from "../ntdll.ts";
import type { Completion, OverlappedOperation } from "./overlapped_operation.ts";

/** One instance of a pipe: what a connection needs of the machine. One read at a time; messages go in their order. */
export interface PipeInstance {
  /** Waits for a client. */
  listen(): Promise<Completion>;
  /** A part of the client's next message, or its rest. */
  read(buffer: Uint8Array): Promise<Completion>;
  /** Sends one message, which may be empty. It is complete once the client has read it. */
  write(message: Uint8Array): Promise<Completion>;
  /** Whether the client has closed its handle, even if there are bytes of it to read. */
  isClientGone(): boolean;
  /** Ends a read that waits; nothing is lost by it. */
  cancelRead(): void;
  /** Cancels what is under way and closes the handle. Repeating it does nothing. */
  close(): void;
}

const FSCTL_PIPE_LISTEN = 0x11_0008;
const FILE_PIPE_LOCAL_INFORMATION = 24;
const LOCAL_INFORMATION_BYTES = 40;
const PIPE_STATE_WORD = 8;
const FILE_PIPE_CONNECTED_STATE = 3;

const STATUS_BLOCK = new Uint8Array(new ArrayBuffer(16));
const LOCAL_INFORMATION = new Uint32Array(new ArrayBuffer(LOCAL_INFORMATION_BYTES));
const LOCAL_INFORMATION_BUFFER = new Uint8Array(LOCAL_INFORMATION.buffer);

/** An instance by its overlapped handle, which it owns. */
export class OpenPipeInstance implements PipeInstance {
  readonly #input: OverlappedOperation;
  #closing = false;
  #underWay = 0;

  constructor(private readonly handle: bigint) {
    COMPLETION_PORT.use(handle);
    this.#input = COMPLETION_PORT.operations.take();
  }

  listen(): Promise<Completion> {
    const operation = this.#input;
    return this.#start(operation, null, () =>
      ntdll().NtFsControlFile(
        this.handle,
        0n,
        null,
        operation.id,
        operation.block,
        FSCTL_PIPE_LISTEN,
        null,
        0,
        null,
        0,
      ));
  }

  read(buffer: Uint8Array): Promise<Completion> {
    const operation = this.#input;
    const { id, block } = operation;
    return this.#start(
      operation,
      buffer,
      () => ntdll().NtReadFile(this.handle, 0n, null, id, block, pinned(buffer), buffer.length, null, null),
    );
  }

  async write(message: Uint8Array): Promise<Completion> {
    const operation = COMPLETION_PORT.operations.take();
    const { id, block } = operation;
    const completion = await this.#start(
      operation,
      message,
      () =>
        ntdll().NtWriteFile(this.handle, 0n, null, id, block, pinned(message), message.length, null, null),
    );
    COMPLETION_PORT.operations.give(operation);
    return completion;
  }

  cancelRead(): void {
    if (this.#input.pending) kernel32().CancelIoEx(this.handle, this.#input.block);
  }

  isClientGone(): boolean {
    if (this.#closing) return true;
    const status = ntdll().NtQueryInformationFile(
      this.handle,
      STATUS_BLOCK,
      LOCAL_INFORMATION_BUFFER,
      LOCAL_INFORMATION_BYTES,
      FILE_PIPE_LOCAL_INFORMATION,
    );
    return status !== NT_STATUS.SUCCESS || LOCAL_INFORMATION[PIPE_STATE_WORD] !== FILE_PIPE_CONNECTED_STATE;
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#underWay > 0) kernel32().CancelIoEx(this.handle, null);
    kernel32().CloseHandle(this.handle);
    // What is under way still ends at the port, and its memory is the kernel's until then.
    if (this.#underWay === 0) this.#free();
  }

  async #start(
    operation: OverlappedOperation,
    buffer: Uint8Array | null,
    call: () => number,
  ): Promise<Completion> {
    if (this.#closing) return { status: NT_STATUS.CANCELLED, bytes: 0 };
    operation.prepare();
    this.#underWay++;
    const completion = await COMPLETION_PORT.completion(operation, call(), buffer);
    if (--this.#underWay === 0 && this.#closing) this.#free();
    return completion;
  }

  #free(): void {
    COMPLETION_PORT.operations.give(this.#input);
    COMPLETION_PORT.release();
  }
}

/**
 * The same bytes, at an address that stays. Typed arrays of a few bytes lie where the garbage collector moves them
 * about, until somebody asks for their buffer.
 */
function pinned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  void bytes.buffer;
  return bytes as Uint8Array<ArrayBuffer>;
}
