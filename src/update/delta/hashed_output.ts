import { createHash } from "node:crypto";
import type { ContentSink } from "./content_sink.ts";
import { PIECE_BYTES } from "./delta_rules.ts";

/** Gathers bytes into large pieces, and hashes each while it is being written. */
export class HashedOutput {
  readonly #hash = createHash("sha256");
  #filling = new Uint8Array(PIECE_BYTES);
  #other = new Uint8Array(PIECE_BYTES);
  #filled = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(readonly sink: ContentSink) {}

  /** Room for at least one byte and at most `limit`; what is put there counts after {@linkcode filled}. */
  room(limit: number): Uint8Array<ArrayBuffer> {
    return this.#filling.subarray(this.#filled, this.#filled + limit);
  }

  /** Says that the first bytes of the room are filled; the piece is complete if it returns `true`: {@linkcode flush} then. */
  filled(count: number): boolean {
    this.#filled += count;
    return this.#filled === PIECE_BYTES;
  }

  /** Hands on what has been filled. Waits for the piece before, not for this one. */
  async flush(): Promise<void> {
    await this.#writing;
    const piece = this.#filling.subarray(0, this.#filled);
    this.#writing = this.sink.write(piece);
    this.#writing.catch(() => {}); // the next call reports it
    this.#hash.update(piece);
    [this.#filling, this.#other] = [this.#other, this.#filling];
    this.#filled = 0;
  }

  /** Hands on the rest, waits until all is on the disk, and returns the sha256 in lower-case hexadecimal. */
  async finish(): Promise<string> {
    await this.flush();
    await this.#writing;
    await this.sink.finish();
    return this.#hash.digest("hex");
  }
}
