import { NT_STATUS } from "../nt_status.ts";

/** How an operation ended. */
export interface Completion {
  /** One of {@linkcode NT_STATUS} or another. */
  readonly status: number;
  readonly bytes: number;
}

interface UnderWay {
  resolve(completion: Completion): void;
  /** The kernel reads or writes it, so it must not be collected. */
  readonly buffer: Uint8Array | null;
}

/** An IO_STATUS_BLOCK: status in the first 4 bytes, count of bytes in the second 8. */
const BLOCK_BYTES = 16;
const WORDS = BLOCK_BYTES / Uint32Array.BYTES_PER_ELEMENT;
const BYTE_COUNT_WORD = 2;
/** A page of memory at a time. */
const BLOCKS_PER_SLAB = 256;

/**
 * One operation at a time, again and again: the kernel writes its end into {@linkcode block}, which never moves,
 * and names {@linkcode id} in the packet that it queues.
 */
export class OverlappedOperation {
  /** What the kernel writes to. */
  readonly block: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array<ArrayBuffer>;
  #underWay: UnderWay | null = null;

  constructor(readonly id: bigint, slab: ArrayBuffer, offset: number) {
    this.block = new Uint8Array(slab, offset, BLOCK_BYTES);
    this.#words = new Uint32Array(slab, offset, WORDS);
  }

  get pending(): boolean {
    return this.#underWay !== null;
  }

  /** Before each call. This identifies a packet that is late for the operation before. */
  prepare(): void {
    this.#words[0] = NT_STATUS.PENDING;
    this.#words[BYTE_COUNT_WORD] = 0;
  }

  /** The end of an operation that did not have to wait, by the status that the call returned. */
  immediate(status: number): Completion {
    return { status, bytes: this.#words[BYTE_COUNT_WORD]! };
  }

  /** Resolves at the end of an operation that is under way with `buffer`. */
  wait(buffer: Uint8Array | null): Promise<Completion> {
    return new Promise((resolve) => this.#underWay = { resolve, buffer });
  }

  /**
   * A packet has come. It is taken as a hint only, since whether an operation that ended at once queues one as well
   * depends on its status and on the version of Windows: what counts is what the kernel wrote.
   */
  arrived(): void {
    const underWay = this.#underWay;
    const status = this.#words[0]!;
    if (underWay === null || status === NT_STATUS.PENDING) return;
    this.#underWay = null;
    underWay.resolve({ status, bytes: this.#words[BYTE_COUNT_WORD]! });
  }
}

/** All operations of the process, used again and again: their memory is never freed, as the kernel may write to it. */
export class OperationPool {
  /** By id; 0 is nobody's, it marks packets of another kind. */
  readonly #all: (OverlappedOperation | null)[] = [null];
  readonly #free: OverlappedOperation[] = [];

  /** How many there are, used or free. */
  get size(): number {
    return this.#all.length - 1;
  }

  get inUse(): number {
    return this.size - this.#free.length;
  }

  take(): OverlappedOperation {
    if (this.#free.length === 0) this.#grow();
    return this.#free.pop()!;
  }

  /** Takes one back that is not under way. */
  give(operation: OverlappedOperation): void {
    this.#free.push(operation);
  }

  byId(id: number): OverlappedOperation | null {
    return this.#all[id] ?? null;
  }

  #grow(): void {
    const slab = new ArrayBuffer(BLOCKS_PER_SLAB * BLOCK_BYTES);
    for (let index = 0; index < BLOCKS_PER_SLAB; index++) {
      const operation = new OverlappedOperation(BigInt(this.#all.length), slab, index * BLOCK_BYTES);
      this.#all.push(operation);
      this.#free.push(operation);
    }
  }
}
