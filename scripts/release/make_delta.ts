import { componentKind } from "../../src/payload/component_names.ts";
import { DELTA_FORMAT } from "../../src/update/delta/delta_header.ts";
import { hashFile } from "../build/compressed_component.ts";
import { type ArchiveEntry, readArchiveLayout } from "./archive_layout.ts";
import { DeltaWriter, nameContent } from "./delta_writer.ts";
import { type EntryMatch, matchEntries } from "./match_entries.ts";
import { readRange } from "./read_range.ts";
import { type Patch, runBsdiff } from "./run_bsdiff.ts";

/** Largest file that bsdiff gets, in bytes: it takes 1.5 GB of memory for it. A larger one is inserted whole if it changes. */
const MAX_BSDIFF_BYTES = 160 * 1024 * 1024;
/** What is copied into a part at a time, in bytes. */
const PIECE_BYTES = 1024 * 1024;

/** From what a delta is made. */
export interface MakeDeltaOptions {
  /** The component's name, which says whether it is an archive. */
  readonly name: string;
  /** Its uncompressed bytes in the release that clients have. */
  readonly oldPath: string;
  /** Its uncompressed bytes in the new one. */
  readonly newPath: string;
  /** Where the delta goes. */
  readonly output: string;
  /** A delta that is longer, in bytes, is not worth its place: there is none then. */
  readonly atMost?: number;
  readonly signal?: AbortSignal;
}

/** A delta that was made: how `release.json` names it, and the id of its base. */
export interface MadeDelta {
  /** Of the delta's bytes. */
  readonly sha256: string;
  readonly length: number;
  readonly format: string;
}

/**
 * Makes the delta between two versions of a component (`src/update/delta/DELTA.md`). One at a time: comparing a large file takes
 * more than a gigabyte of memory. Same input, same bytes.
 *
 * @returns `undefined` if both are the same, or the delta would be longer than `atMost`.
 * @throws {WindlassError} `WL_TOOL_MISSING` or `WL_BUILD_FAILED`.
 *
 * @example
 * ```ts
 * const made = await makeDelta({ name: "rootfs", oldPath: "1.0/rootfs.tar", newPath: "1.1/rootfs.tar", output: "rootfs.delta" });
 * ```
 */
export async function makeDelta(options: MakeDeltaOptions): Promise<MadeDelta | undefined> {
  const base = await nameContent(options.oldPath);
  const result = await nameContent(options.newPath);
  if (base.id === result.id) return undefined;
  const work = await Deno.makeTempDir({ prefix: "windlass-delta-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(work, { recursive: true }));
  using writer = new DeltaWriter(work);
  using old = await Deno.open(options.oldPath);
  using next = await Deno.open(options.newPath);
  const comparison = new Comparison(writer, old, next, options.signal);
  if (componentKind(options.name)?.archive) {
    await comparison.archives();
  } else {
    await comparison.content({ offset: 0, length: base.length }, { offset: 0, length: result.length });
  }
  await writer.finish(base, result, options.output, options.signal);
  const { digest, length } = await hashFile(options.output);
  if (options.atMost === undefined || length <= options.atMost) {
    return { sha256: digest, length, format: DELTA_FORMAT };
  }
  await Deno.remove(options.output);
  return undefined;
}

interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Walks the new file from its beginning to its end and says for each part what it is made of. */
class Comparison {
  constructor(
    readonly writer: DeltaWriter,
    readonly old: Deno.FsFile,
    readonly next: Deno.FsFile,
    readonly signal: AbortSignal | undefined,
  ) {}

  async archives(): Promise<void> {
    const nextEntries = await readArchiveLayout(this.next);
    for (const match of matchEntries(await readArchiveLayout(this.old), nextEntries)) {
      await this.#entry(match);
    }
    const end = nextEntries.at(-1)?.end ?? 0;
    await this.#insert({ offset: end, length: (await this.next.stat()).size - end }); // end blocks, if any
  }

  /** Makes a range of the new file from one of the old file. */
  async content(old: Range, next: Range): Promise<void> {
    this.signal?.throwIfAborted();
    const isEmpty = old.length === 0 || next.length === 0; // which bsdiff cannot read
    if (isEmpty || Math.max(old.length, next.length) > MAX_BSDIFF_BYTES) return await this.#insert(next);
    const folder = await Deno.makeTempDir({ dir: this.writer.work });
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => Deno.remove(folder, { recursive: true }));
    await this.#extract(this.old, old, `${folder}/old`);
    await this.#extract(this.next, next, `${folder}/new`);
    this.#patch(old, await runBsdiff(`${folder}/old`, `${folder}/new`, folder, this.signal));
  }

  async #entry({ entry, sameName, data }: EntryMatch): Promise<void> {
    const header = { offset: entry.offset, length: entry.dataOffset - entry.offset };
    await this.#header(
      header,
      sameName && { offset: sameName.offset, length: sameName.dataOffset - sameName.offset },
    );
    const padded = { offset: entry.dataOffset, length: entry.end - entry.dataOffset };
    if (!data) return await this.#insert(padded);
    if (data.dataDigest === entry.dataDigest) return this.writer.copy(data.dataOffset, padded.length);
    await this.content(dataOf(data), dataOf(entry));
    await this.#insert({
      offset: entry.dataOffset + entry.dataLength,
      length: padded.length - entry.dataLength,
    });
  }

  /** A header of another version differs in its size and checksum at most, so that its differences are few. */
  async #header(range: Range, old: Range | undefined): Promise<void> {
    if (old?.length !== range.length) return await this.#insert(range);
    const before = await readRange(this.old, old.offset, old.length);
    const differences = (await readRange(this.next, range.offset, range.length)).map((byte, i) =>
      byte - before[i]!
    );
    if (differences.every((difference) => difference === 0)) this.writer.copy(old.offset, old.length);
    else this.writer.add(old.offset, differences);
  }

  #patch(old: Range, { steps, differences, insertions }: Patch): void {
    let place = 0;
    let difference = 0;
    let insertion = 0;
    for (const { add, insert, seek } of steps) {
      // Outside of the old file bsdiff counts zeros, so that the differences there are the bytes themselves.
      const before = Math.min(add, Math.max(0, -place));
      const within = Math.max(0, Math.min(place + add, old.length) - Math.max(place, 0));
      const take = (length: number) => differences.subarray(difference, difference += length);
      this.writer.insert(take(before));
      this.writer.add(old.offset + place + before, take(within));
      this.writer.insert(take(add - before - within));
      this.writer.insert(insertions.subarray(insertion, insertion += insert));
      place += add + seek;
    }
  }

  async #insert({ offset, length }: Range): Promise<void> {
    for (let done = 0; done < length; done += PIECE_BYTES) {
      this.writer.insert(await readRange(this.next, offset + done, Math.min(PIECE_BYTES, length - done)));
    }
  }

  async #extract(file: Deno.FsFile, { offset, length }: Range, path: string): Promise<void> {
    using target = await Deno.open(path, { write: true, createNew: true });
    for (let done = 0; done < length; done += PIECE_BYTES) {
      const bytes = await readRange(file, offset + done, Math.min(PIECE_BYTES, length - done));
      for (let written = 0; written < bytes.length;) written += await target.write(bytes.subarray(written));
    }
  }
}

function dataOf({ dataOffset, dataLength }: ArchiveEntry): Range {
  return { offset: dataOffset, length: dataLength };
}
