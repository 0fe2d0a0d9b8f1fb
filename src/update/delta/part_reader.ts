import { DELTA_WINDOW_LOG, DeltaError, PART_READ_BYTES } from "./delta_rules.ts";
import type { DeltaPart, PartLengths } from "./delta_header.ts";
import { readFrame } from "./read_frame.ts";

/** One part of an open delta, read from its beginning to its end. */
export class PartReader implements AsyncDisposable {
  readonly #pieces: AsyncGenerator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  /** What the header says that is still to come, what lies in `#piece` not included. */
  #expected: number;

  constructor(readonly part: DeltaPart, path: string, offset: number, lengths: PartLengths) {
    const limits = { windowLog: DELTA_WINDOW_LOG, pieceBytes: PART_READ_BYTES };
    this.#pieces = readFrame(readRange(path, offset, lengths.stored), limits);
    this.#expected = lengths.raw;
  }

  /**
   * The next bytes, at least one and at most `limit`; they are good until the next call. `undefined` at the end.
   *
   * @throws {DeltaError} if the part is damaged, or shorter or longer than the header says.
   */
  async take(limit: number): Promise<Uint8Array | undefined> {
    while (this.#piece.length === 0) {
      const next = await this.#next();
      if (next === undefined) return undefined;
      this.#piece = next;
    }
    return this.takeHeld(limit);
  }

  /** As {@linkcode take}, without waiting: `undefined` if nothing has been read ahead. */
  takeHeld(limit: number): Uint8Array | undefined {
    if (this.#piece.length === 0) return undefined;
    const taken = this.#piece.subarray(0, limit);
    this.#piece = this.#piece.subarray(limit);
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pieces.return(undefined);
  }

  async #next(): Promise<Uint8Array | undefined> {
    let result: IteratorResult<Uint8Array>;
    try {
      result = await this.#pieces.next();
    } catch (error) {
      throw new DeltaError(`its ${this.part} are damaged`, { cause: error });
    }
    if (result.done) {
      if (this.#expected > 0) throw new DeltaError(`its ${this.part} are cut short`);
      return undefined;
    }
    this.#expected -= result.value.length;
    if (this.#expected < 0) throw new DeltaError(`its ${this.part} are longer than its header says`);
    return result.value;
  }
}

async function* readRange(path: string, offset: number, length: number): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let rest = length; rest > 0;) {
    const bytes = new Uint8Array(Math.min(PART_READ_BYTES, rest));
    const count = await file.read(bytes);
    if (count === null) return;
    rest -= count;
    yield bytes.subarray(0, count);
  }
}
