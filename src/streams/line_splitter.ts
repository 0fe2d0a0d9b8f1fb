const NEWLINE = 10;
/** Room that is kept for the next line, in bytes; nearly every line fits. */
const SPARE_BYTES = 4_096;

/**
 * Cuts bytes into lines of text, wherever the bytes themselves were cut. The newline is not part of a line, nor is
 * a carriage return before it. A line beyond `maximumBytes` is cut there; its rest is dropped. Pure.
 *
 * @example
 * ```ts
 * const splitter = new LineSplitter(1024);
 * splitter.push(bytes("one\ntw")); // ["one"]
 * splitter.push(bytes("o\n")); //     ["two"]
 * ```
 */
export class LineSplitter {
  readonly #maximumBytes: number;
  readonly #decoder = new TextDecoder();
  #kept: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  /** The lines that these bytes complete, oldest first. The bytes are copied where they have to be kept. */
  push(bytes: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.#keep(bytes.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
    return lines;
  }

  /** The last line, if it had no newline; to be called at the end of input. */
  finish(): string | undefined {
    return this.#length > 0 ? this.#take() : undefined;
  }

  #keep(bytes: Uint8Array): void {
    const taken = bytes.subarray(0, Math.max(0, this.#maximumBytes - this.#length));
    if (taken.length === 0) return;
    const needed = this.#length + taken.length;
    if (needed > this.#kept.length) {
      // Doubled, so that a line that comes byte by byte is not copied for each of them.
      const larger = new Uint8Array(Math.min(this.#maximumBytes, Math.max(needed, 2 * this.#kept.length)));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(taken, this.#length);
    this.#length = needed;
  }

  #take(): string {
    if (this.#length === 0) return ""; // a million empty lines are not worth a million decodings
    const text = this.#decoder.decode(this.#kept.subarray(0, this.#length));
    if (this.#kept.length > SPARE_BYTES) this.#kept = new Uint8Array(0);
    this.#length = 0;
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  }
}
