import { RELAY_LIMITS } from "../relay_limits.ts";

const LF = 0x0a;
const CR = 0x0d;

/**
 * Follows a body in HTTP/1.1 chunks over any number of reads, only to find its end. The bytes of the chunks
 * themselves are stepped over.
 */
export class ChunkScanner {
  #part: "length" | "extension" | "data" | "data-end" | "trailer" | "done" | "failed" = "length";
  /** Of the data: bytes still to come. While a length is read: its value so far. */
  #count = 0;
  /** Bytes of the line that is being read. */
  #lineBytes = 0;

  /** Whether the last chunk and the trailer have been seen. */
  get done(): boolean {
    return this.#part === "done";
  }

  /** Whether the bytes were not chunks; the scanner is of no more use then. */
  get failed(): boolean {
    return this.#part === "failed";
  }

  /**
   * Goes on from `at` and returns where it stopped: past the end of the body, or at the end of the bytes.
   *
   * @param data Called with the extent of each piece of content, if wanted.
   */
  scan(bytes: Uint8Array, at: number, data?: (start: number, end: number) => void): number {
    while (at < bytes.length && this.#part !== "done" && this.#part !== "failed") {
      if (this.#part === "data") {
        const end = Math.min(bytes.length, at + this.#count);
        data?.(at, end);
        this.#count -= end - at;
        at = end;
        if (this.#count === 0) this.#enter("data-end");
      } else {
        this.#line(bytes[at]!);
        at++;
      }
    }
    return at;
  }

  #line(byte: number): void {
    if (++this.#lineBytes > RELAY_LIMITS.chunkLineBytes) return this.#enter("failed");
    switch (this.#part) {
      case "length": {
        const digit = hexadecimalDigit(byte);
        if (digit !== undefined) {
          this.#count = this.#count * 16 + digit;
          if (!Number.isSafeInteger(this.#count)) this.#enter("failed");
        } else if (this.#lineBytes === 1) this.#enter("failed"); // a line without a length
        else if (byte === LF) this.#lengthEnded();
        else if (byte === CR || byte === 0x20 || byte === 0x09 || byte === 0x3b) this.#part = "extension"; // SP HT ;
        else this.#enter("failed");
        return;
      }
      case "extension":
        if (byte === LF) this.#lengthEnded();
        return;
      case "data-end":
        if (byte === LF) {
          this.#count = 0;
          this.#enter("length");
        } else if (byte !== CR) this.#enter("failed");
        return;
      case "trailer":
        // An empty line ends the body; any other is a trailer field.
        if (byte !== LF) {
          if (byte !== CR) this.#count++;
        } else if (this.#count === 0) this.#enter("done");
        else {
          this.#count = 0;
          this.#enter("trailer");
        }
        return;
    }
  }

  #lengthEnded(): void {
    this.#enter(this.#count === 0 ? "trailer" : "data");
  }

  #enter(part: "length" | "data" | "data-end" | "trailer" | "done" | "failed"): void {
    this.#part = part;
    this.#lineBytes = 0;
  }
}

function hexadecimalDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30; // 0-9
  const lower = byte | 0x20;
  if (lower >= 0x61 && lower <= 0x66) return lower - 0x57; // a-f
  return undefined;
}
