import { PROXY_LIMITS } from "../proxy_limits.ts";

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const DELETE = 0x7f;

type Part =
  | "length"
  | "extension"
  | "length line feed"
  | "data"
  | "data carriage return"
  | "data line feed"
  | "trailer line"
  | "trailer"
  | "trailer line feed"
  | "last line feed"
  | "over";

/** Finds the end of a body that is sent in chunks, and refuses what two programs could read differently. */
export class ChunkEnd {
  #part: Part = "length";
  #left = 0;
  #digits = 0;
  /** Bytes of the line, or of the trailer. */
  #count = 0;

  get isOver(): boolean {
    return this.#part === "over";
  }

  /**
   * Goes through the bytes and returns how many of them belong to the body.
   *
   * @param data Gets each piece of the content.
   * @throws {SyntaxError} if these are not chunks.
   */
  scan(bytes: Uint8Array, data?: (content: Uint8Array) => void): number {
    let at = 0;
    while (at < bytes.length && this.#part !== "over") {
      if (this.#part !== "data") {
        this.#step(bytes[at++]!);
        continue;
      }
      const end = Math.min(bytes.length, at + this.#left);
      data?.(bytes.subarray(at, end));
      this.#left -= end - at;
      at = end;
      if (this.#left === 0) this.#part = "data carriage return";
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#part) {
      case "length":
        return this.#length(byte);
      case "extension":
        if (byte === CR) this.#part = "length line feed";
        else this.#text(byte, PROXY_LIMITS.chunkLineBytes);
        return;
      case "length line feed":
        this.#count = 0;
        return this.#expect(byte, LF, this.#left === 0 ? "trailer line" : "data");
      case "data carriage return":
        return this.#expect(byte, CR, "data line feed");
      case "data line feed":
        [this.#digits, this.#count] = [0, 0];
        return this.#expect(byte, LF, "length");
      case "trailer line":
        if (byte === CR) {
          this.#part = "last line feed";
          return;
        }
        this.#part = "trailer";
        return this.#text(byte, PROXY_LIMITS.trailerBytes);
      case "trailer":
        if (byte === CR) this.#part = "trailer line feed";
        else this.#text(byte, PROXY_LIMITS.trailerBytes);
        return;
      case "trailer line feed":
        return this.#expect(byte, LF, "trailer line");
      case "last line feed":
        return this.#expect(byte, LF, "over");
    }
  }

  #length(byte: number): void {
    const digit = hexadecimalDigit(byte);
    if (digit !== undefined) {
      this.#left = this.#left * 16 + digit;
      if (++this.#digits > 16 || !Number.isSafeInteger(this.#left)) {
        throw new SyntaxError("a chunk is too long");
      }
    } else if (this.#digits === 0) throw new SyntaxError("a chunk has no length");
    else if (byte === CR) this.#part = "length line feed";
    else if (byte === SEMICOLON || byte === SPACE || byte === TAB) this.#part = "extension";
    else throw new SyntaxError("a chunk has no valid length");
  }

  #text(byte: number, maximum: number): void {
    const isControl = (byte < SPACE && byte !== TAB) || byte === DELETE;
    if (isControl || ++this.#count > maximum) {
      throw new SyntaxError("a line between chunks is not valid HTTP");
    }
  }

  #expect(byte: number, expected: number, next: Part): void {
    if (byte !== expected) throw new SyntaxError("a chunk does not end where it should");
    this.#part = next;
  }
}

function hexadecimalDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30; // 0-9
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined; // a-f
}
