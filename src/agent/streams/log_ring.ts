import type { LogLine } from "../../logging/log.ts";

/** Keeps the newest lines, up to a fixed number. */
export class LogRing {
  readonly #capacity: number;
  #lines: LogLine[] = [];
  /** Where the oldest line is, once the ring is full. */
  #start = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds a line; the oldest goes when there is no room. */
  add(line: LogLine): void {
    if (this.#lines.length < this.#capacity) {
      this.#lines.push(line);
      return;
    }
    this.#lines[this.#start] = line;
    this.#start = (this.#start + 1) % this.#capacity;
  }

  /** The newest lines, oldest first; at most `count`. */
  newest(count: number): LogLine[] {
    const ordered = [...this.#lines.slice(this.#start), ...this.#lines.slice(0, this.#start)];
    return count <= 0 ? [] : ordered.slice(-count);
  }
}
