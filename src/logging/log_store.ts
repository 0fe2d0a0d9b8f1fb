import { WindlassError } from "../errors/windlass_error.ts";
import {
  isAtLeast,
  isWanted,
  type Log,
  type LogFields,
  type LogFilter,
  type LogLevel,
  type LogLine,
  type LogSource,
} from "./log.ts";
import { Redactor } from "./redactor.ts";

/** Lines kept in memory for a reader that asks; a start of the engine with its containers is about 200. */
const RING_LINES = 2_000;
/** Lines that wait for one slow follower; past this it is cut off instead of buffered without bound. */
const FOLLOWER_LINES = 5_000;

/** Where lines go besides memory. */
export interface LogSink {
  append(line: LogLine): void;
}

/** All lines of the host, its agent and dockerd: kept in a ring, stored by a sink, handed to followers. */
export class LogStore {
  readonly #ring: LogLine[] = [];
  readonly #followers = new Set<Follower>();
  readonly #sink: LogSink | undefined;
  readonly #redactor: Redactor;
  #level: LogLevel = "debug";
  /** Called when the level has changed. */
  onLevel: (level: LogLevel) => void = () => {};

  constructor(sink?: LogSink, redactor = new Redactor()) {
    this.#sink = sink;
    this.#redactor = redactor;
  }

  /** Lines of a lower level are dropped. */
  get level(): LogLevel {
    return this.#level;
  }

  set level(level: LogLevel) {
    if (level === this.#level) return;
    this.#level = level;
    this.onLevel(level);
  }

  /** Takes a line as it came from its source. Its secrets are kept nowhere. */
  add(received: LogLine): void {
    if (!isAtLeast(received.level, this.#level)) return;
    const line = this.#redactor.line(received);
    this.#ring.push(line);
    if (this.#ring.length > RING_LINES) this.#ring.shift();
    this.#sink?.append(line);
    for (const follower of this.#followers) follower.push(line);
  }

  /** A log whose lines say that they come from `source`. */
  logOf(source: LogSource): Log {
    const keeps = (level: LogLevel) => isAtLeast(level, this.#level);
    const log = (level: LogLevel, event: string, fields?: LogFields) => {
      if (!keeps(level)) return;
      const time = new Date().toISOString();
      this.add(
        fields === undefined ? { time, level, source, event } : { time, level, source, event, fields },
      );
    };
    return Object.assign(log, { keeps });
  }

  /** The newest wanted lines, oldest first. */
  tail(lines: number, filter: LogFilter = {}): LogLine[] {
    if (lines <= 0) return [];
    return this.#ring.filter((line) => isWanted(line, filter)).slice(-lines);
  }

  /**
   * The newest wanted lines, followed by new lines as they are written, none left out in between. Ends with the signal.
   *
   * @param lines How many of the newest lines to begin with.
   * @throws {WindlassError} `WL_API_READER_SLOW` when the reader falls more than 5,000 lines behind.
   */
  async *follow(signal: AbortSignal, lines = 0, filter: LogFilter = {}): AsyncGenerator<LogLine> {
    const follower = new Follower(filter);
    const before = this.tail(lines, filter);
    this.#followers.add(follower);
    const end = () => follower.end();
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    try {
      yield* before;
      yield* follower.lines();
    } finally {
      signal.removeEventListener("abort", end);
      this.#followers.delete(follower);
    }
  }
}

class Follower {
  #queue: LogLine[] = [];
  #ended = false;
  #behind = false;
  #wake: () => void = () => {};

  constructor(private readonly filter: LogFilter) {}

  push(line: LogLine): void {
    if (!isWanted(line, this.filter) || this.#behind) return;
    if (this.#queue.length >= FOLLOWER_LINES) this.#behind = true;
    else this.#queue.push(line);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *lines(): AsyncGenerator<LogLine> {
    while (true) {
      const batch = this.#queue;
      this.#queue = [];
      yield* batch;
      if (this.#queue.length > 0) continue;
      if (this.#behind) {
        throw new WindlassError(
          "WL_API_READER_SLOW",
          `Cannot continue the log: the reader is more than ${FOLLOWER_LINES} lines behind`,
        );
      }
      if (this.#ended) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
