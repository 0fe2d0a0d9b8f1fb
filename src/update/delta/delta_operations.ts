/**
 * The operations of a delta, as `DELTA.md` fixes them: bytes to values and back. No I/O.
 */
import { DeltaError } from "./delta_rules.ts";

/** One step of making the result. */
export type DeltaOperation =
  | { readonly kind: "copy" | "add"; readonly offset: number; readonly length: number }
  | { readonly kind: "insert"; readonly length: number };

const KINDS = ["copy", "add", "insert"] as const;
/** A number below 2^53 has at most eight groups of seven bits. */
const MAX_NUMBER_BYTES = 8;

/** Writes operations one after the other. */
export class OperationEncoder {
  #bytes = new Uint8Array(4096);
  #length = 0;
  #baseEnd = 0;

  /** Adds one; its length must not be 0. */
  push(operation: DeltaOperation): void {
    this.#number(operation.length * 4 + KINDS.indexOf(operation.kind));
    if (operation.kind === "insert") return;
    const distance = operation.offset - this.#baseEnd;
    this.#number(distance >= 0 ? distance * 2 : -distance * 2 - 1);
    this.#baseEnd = operation.offset + operation.length;
  }

  /** All that was pushed. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #number(value: number): void {
    if (this.#length + MAX_NUMBER_BYTES > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    for (let rest = value;; rest = Math.floor(rest / 128)) {
      if (rest < 128) {
        this.#bytes[this.#length++] = rest;
        return;
      }
      this.#bytes[this.#length++] = rest % 128 | 128;
    }
  }
}

/** Reads operations from pieces of any size. One object is made for each piece and operation, nothing is kept. */
export class OperationDecoder {
  #value = 0;
  #factor = 1;
  /** The first number of an operation whose second one is still to come. */
  #first: number | undefined;
  #baseEnd = 0;

  /**
   * The operations that end in this piece.
   *
   * @throws {DeltaError} for a number that is too large, a kind that does not exist, or a length of 0.
   */
  *read(piece: Uint8Array): Generator<DeltaOperation> {
    for (let position = 0; position < piece.length; position++) {
      const byte = piece[position]!;
      this.#value += (byte & 127) * this.#factor;
      if (byte >= 128) {
        this.#factor *= 128;
        if (this.#factor >= 2 ** (7 * MAX_NUMBER_BYTES)) throw new DeltaError("an operation is damaged");
        continue;
      }
      const value = this.#value;
      if (value > Number.MAX_SAFE_INTEGER) throw new DeltaError("an operation is damaged");
      this.#value = 0;
      this.#factor = 1;
      const operation = this.#number(value);
      if (operation !== undefined) yield operation;
    }
  }

  /** @throws {DeltaError} if the last operation is cut short. */
  end(): void {
    if (this.#first !== undefined || this.#factor !== 1) {
      throw new DeltaError("its last operation is cut short");
    }
  }

  #number(value: number): DeltaOperation | undefined {
    if (this.#first === undefined) {
      const length = Math.floor(value / 4);
      const kind = KINDS[value % 4];
      if (kind === undefined || length === 0) throw new DeltaError("an operation is damaged");
      if (kind === "insert") return { kind, length };
      this.#first = value;
      return undefined;
    }
    const length = Math.floor(this.#first / 4);
    const kind = this.#first % 4 === 0 ? "copy" : "add";
    this.#first = undefined;
    const offset = this.#baseEnd + (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
    this.#baseEnd = offset + length;
    return { kind, offset, length };
  }
}
