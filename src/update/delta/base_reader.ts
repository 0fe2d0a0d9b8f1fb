import { DeltaError } from "./delta_rules.ts";

/** The file that a delta is applied to, read at any place. */
export class BaseReader implements Disposable {
  constructor(readonly file: Deno.FsFile) {}

  /**
   * Fills `target`, which is small, with the bytes from `offset` on. It does not give other work a turn: most pieces are one or two
   * kilobytes from anywhere in a program (reading ahead was tried: 8 of 10 are not where the last one was), and the file was
   * written or run lately, so that they are in memory and waiting for a turn would take longer than reading.
   *
   * @throws {DeltaError} if the file ends before.
   */
  read(offset: number, target: Uint8Array): void {
    this.file.seekSync(offset, Deno.SeekMode.Start);
    for (let filled = 0; filled < target.length;) {
      const count = this.file.readSync(target.subarray(filled));
      if (count === null) throw new DeltaError("its base is cut short");
      filled += count;
    }
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}
