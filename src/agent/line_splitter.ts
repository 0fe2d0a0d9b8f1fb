const NEWLINE = 10;

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
  #parts: Uint8Array[] = [];
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
    const room = this.#maximumBytes - this.#length;
    if (room <= 0 || bytes.length === 0) return;
    this.#parts.push(bytes.slice(0, room));
    this.#length += Math.min(bytes.length, room);
  }

  #take(): string {
    const whole = new Uint8Array(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    this.#parts = [];
    this.#length = 0;
    const text = this.#decoder.decode(whole);
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  }
}
