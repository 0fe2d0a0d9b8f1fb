import { DeltaError } from "./delta_error.ts";

/**
 * Longest piece that is read without giving other work a turn, in bytes. Most pieces of a program are one or two
 * kilobytes from anywhere in it (reading ahead was tried: 8 of 10 are not where the last one was). The file was read
 * or written lately, so that they are in memory, and waiting would take longer than reading.
 */
const SMALL_BYTES = 64 * 1024;

/** The file that a delta is applied to, read at any place. */
export class BaseReader implements Disposable {
  constructor(readonly file: Deno.FsFile) {}

  /**
   * Fills `target` with the bytes from `offset` on.
   *
   * @throws {DeltaError} if the file ends before.
   */
  async read(offset: number, target: Uint8Array): Promise<void> {
    await this.file.seek(offset, Deno.SeekMode.Start);
    for (let filled = 0; filled < target.length;) {
      const count = await this.file.read(target.subarray(filled));
      if (count === null) throw new DeltaError("its base is cut short");
      filled += count;
    }
  }

  /** As {@linkcode read}, at once, if `target` is small: `false` if it is not. */
  readSmall(offset: number, target: Uint8Array): boolean {
    if (target.length > SMALL_BYTES) return false;
    this.file.seekSync(offset, Deno.SeekMode.Start);
    for (let filled = 0; filled < target.length;) {
      const count = this.file.readSync(target.subarray(filled));
      if (count === null) throw new DeltaError("its base is cut short");
      filled += count;
    }
    return true;
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}
