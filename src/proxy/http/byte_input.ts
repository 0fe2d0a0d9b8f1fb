import type { Duplex } from "../../streams/duplex.ts";
import { headEnd } from "./message_head.ts";

const EMPTY = new Uint8Array();
/** What a head usually fits into. */
const FIRST_ROOM_BYTES = 4_096;
const CR = 0x0d;
const LF = 0x0a;

/** More came than may. */
export class TooLong extends Error {
  override readonly name = "TooLong";
}

/** The stream ended within something. */
export class EndedEarly extends Error {
  override readonly name = "EndedEarly";
}

/** What arrives on a stream: heads in one piece, everything else as it comes and without a copy. */
export class ByteInput {
  readonly #source: Pick<Duplex, "read">;
  /** Read but not taken: a part of `#room`, or of what the source has lent. */
  #bytes: Uint8Array = EMPTY;
  /** What heads are put together in. It grows by doubling, so that a head in single bytes is not copied for each. */
  #room: Uint8Array<ArrayBuffer> = EMPTY;
  #ended = false;

  constructor(source: Pick<Duplex, "read">) {
    this.#source = source;
  }

  /** Whether bytes are waiting. */
  get waits(): boolean {
    return this.#bytes.length > 0;
  }

  /**
   * A head, up to and including its empty line; `undefined` if the stream ends before it begins. The bytes stay as they
   * are until the next call.
   *
   * @throws {TooLong} if it has more than `maximum` bytes. @throws {EndedEarly} @throws the source's error.
   */
  async head(maximum: number): Promise<Uint8Array | undefined> {
    let searched = 0;
    for (;;) {
      // The two bytes of such a line may come apart.
      if (searched < 2) this.#skipEmptyLines();
      const end = headEnd(this.#bytes, searched);
      if (end > maximum || (end < 0 && this.#bytes.length > maximum)) throw new TooLong();
      if (end > 0) return this.take(end);
      searched = this.#bytes.length;
      if (await this.more()) continue;
      if (this.#bytes.length === 0) return undefined;
      throw new EndedEarly();
    }
  }

  /** Exactly that many bytes. @throws {EndedEarly} @throws the source's error. */
  async exactly(length: number): Promise<Uint8Array> {
    while (this.#bytes.length < length) if (!await this.more()) throw new EndedEarly();
    return this.take(length);
  }

  /** The next bytes, lent until the next call; `null` at the end. @throws the source's error. */
  async piece(): Promise<Uint8Array | null> {
    if (this.#bytes.length > 0) return this.take(this.#bytes.length);
    return await this.#read();
  }

  /** Puts back the end of what was taken last. */
  putBack(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  /** Takes the first bytes that are waiting. */
  take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  /** Shows what is waiting. */
  peek(): Uint8Array {
    return this.#bytes;
  }

  /** Reads more behind what is waiting; false at the end. @throws the source's error. */
  async more(): Promise<boolean> {
    if (this.#ended) return false;
    this.#own();
    const bytes = await this.#read();
    if (bytes === null) return false;
    const length = this.#bytes.length;
    if (length === 0) {
      this.#bytes = bytes;
      return true;
    }
    const begin = this.#bytes.byteOffset;
    if (begin + length + bytes.length > this.#room.length) this.#grow(length + bytes.length);
    const at = this.#bytes.byteOffset;
    this.#room.set(bytes, at + length);
    this.#bytes = this.#room.subarray(at, at + length + bytes.length);
    return true;
  }

  async #read(): Promise<Uint8Array | null> {
    if (this.#ended) return null;
    const bytes = await this.#source.read();
    this.#ended = bytes === null;
    return bytes;
  }

  /** What the source has lent is gone with its next read. */
  #own(): void {
    if (this.#bytes.length === 0 || this.#bytes.buffer === this.#room.buffer) return;
    this.#grow(this.#bytes.length);
  }

  #grow(length: number): void {
    const room = new Uint8Array(Math.max(FIRST_ROOM_BYTES, 2 * length));
    room.set(this.#bytes);
    this.#room = room;
    this.#bytes = room.subarray(0, this.#bytes.length);
  }

  /** Some clients send an empty line after a body. */
  #skipEmptyLines(): void {
    let at = 0;
    while (this.#bytes[at] === CR && this.#bytes[at + 1] === LF) at += 2;
    if (at > 0) this.take(at);
  }
}
