import { join } from "node:path";
import { unlessMissing, unlessMissingSync } from "../errors/unless_missing.ts";
import { isWanted, type LogFilter, type LogLine } from "./log.ts";

/** One file is rotated past this size: a day of a busy engine, and still quick to read as a whole. */
const FILE_BYTES = 4 * 1024 * 1024;
/** Rotated files kept in addition to the current one; together they bound the disk space of logs. */
const KEPT_FILES = 3;

const CURRENT = "windlass.jsonl";
const rotated = (number: number) => `windlass.${number}.jsonl`;

/**
 * The log on disk: JSON lines, one file that is rotated by size.
 *
 * Guarantees: a line is either whole or absent, except for the last one after a power cut; at most
 * `FILE_BYTES * (KEPT_FILES + 1)` plus one line is kept. A full disk loses lines, it never ends the host.
 */
export class LogFile implements Disposable {
  readonly #directory: string;
  readonly #encoder = new TextEncoder();
  #file: Deno.FsFile;
  #size: number;

  private constructor(directory: string, file: Deno.FsFile, size: number) {
    this.#directory = directory;
    this.#file = file;
    this.#size = size;
  }

  /** Opens the log in an existing folder, appending to its current file. */
  static async open(directory: string): Promise<LogFile> {
    const file = await Deno.open(join(directory, CURRENT), { create: true, append: true, mode: 0o600 });
    return new LogFile(directory, file, (await file.stat()).size);
  }

  /** Appends one line. */
  append(line: LogLine): void {
    const bytes = this.#encoder.encode(`${JSON.stringify(line)}\n`);
    try {
      if (this.#size > 0 && this.#size + bytes.length > FILE_BYTES) this.#rotate();
      this.#file.writeSync(bytes);
      this.#size += bytes.length;
    } catch (error) {
      // The disk is full or gone: the ring in memory still has the line, and there is nothing better to do.
      if (!(error instanceof Error)) throw error;
    }
  }

  #rotate(): void {
    this.#file.close();
    try {
      this.#shift();
    } catch (error) {
      // As on Windows while somebody reads one of the files: the current one then takes as much again.
      if (!(error instanceof Error)) throw error;
    }
    this.#file = Deno.openSync(join(this.#directory, CURRENT), { create: true, append: true, mode: 0o600 });
    this.#size = 0;
  }

  #shift(): void {
    for (let number = KEPT_FILES; number >= 1; number--) {
      const from = join(this.#directory, number === 1 ? CURRENT : rotated(number - 1));
      unlessMissingSync(() => Deno.renameSync(from, join(this.#directory, rotated(number))));
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** The newest wanted lines on disk, oldest first; none if there is no log. Lines that are damaged are left out. */
export async function readLogTail(
  directory: string,
  lines: number,
  filter: LogFilter = {},
): Promise<LogLine[]> {
  const found: LogLine[] = [];
  for (const name of [CURRENT, ...Array.from({ length: KEPT_FILES }, (_, index) => rotated(index + 1))]) {
    if (found.length >= lines) break;
    const text = await unlessMissing(() => Deno.readTextFile(join(directory, name)));
    if (text === undefined) continue;
    const wanted = text.split("\n").flatMap(parseLine).filter((line) => isWanted(line, filter));
    found.unshift(...wanted.slice(found.length - lines));
  }
  return found;
}

/** One stored line, or nothing if a power cut damaged it. */
export function parseLine(text: string): LogLine[] {
  if (text === "") return [];
  try {
    const line = JSON.parse(text);
    return typeof line?.time === "string" && typeof line.event === "string" ? [line] : [];
  } catch {
    return [];
  }
}
