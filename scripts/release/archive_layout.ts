import { createHash } from "node:crypto";
import { paddedSize, TAR_BLOCK_BYTES } from "../../distro/tar_header.ts";
import { readRange } from "./read_range.ts";

/** Where one entry of an archive lies, and what it holds. Offsets and lengths in bytes. */
export interface ArchiveEntry {
  /** Path and type, such as "usr/bin/docker|0". */
  readonly key: string;
  /** Of its first header block, an extended header included. */
  readonly offset: number;
  readonly dataOffset: number;
  readonly dataLength: number;
  /** Behind its padding. */
  readonly end: number;
  /** sha256 of the data; empty if there is none. */
  readonly dataDigest: string;
}

const PIECE_BYTES = 1024 * 1024;

/**
 * The entries of an archive written by `distro/tree_archive.ts` or `tar_memory.ts`, in its order; what follows the last one (end
 * blocks) belongs to none.
 *
 * @throws {Error} if it is cut short.
 */
export async function readArchiveLayout(file: Deno.FsFile): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  const { size: length } = await file.stat();
  let start = 0;
  let path: string | undefined;
  for (let offset = 0; offset + TAR_BLOCK_BYTES <= length;) {
    const block = await readRange(file, offset, TAR_BLOCK_BYTES);
    if (block.every((byte) => byte === 0)) break;
    const size = parseInt(field(block, 124, 12), 8);
    const type = field(block, 156, 1);
    const dataOffset = offset + TAR_BLOCK_BYTES;
    const end = dataOffset + paddedSize(size);
    if (end > length) throw new Error(`Cannot read the archive: it ends within the entry at byte ${start}`);
    offset = end;
    if (type === "x") {
      path = extendedPath(new TextDecoder().decode(await readRange(file, dataOffset, size)));
      continue;
    }
    const prefix = field(block, 345, 155);
    const name = field(block, 0, 100);
    entries.push({
      key: `${path ?? (prefix === "" ? name : `${prefix}/${name}`)}|${type}`,
      offset: start,
      dataOffset,
      dataLength: size,
      end,
      dataDigest: size === 0 ? "" : await digest(file, dataOffset, size),
    });
    start = end;
    path = undefined;
  }
  return entries;
}

async function digest(file: Deno.FsFile, offset: number, length: number): Promise<string> {
  const hash = createHash("sha256");
  for (let done = 0; done < length; done += PIECE_BYTES) {
    hash.update(await readRange(file, offset + done, Math.min(PIECE_BYTES, length - done)));
  }
  return hash.digest("hex");
}

function field(block: Uint8Array, offset: number, bytes: number): string {
  const raw = block.subarray(offset, offset + bytes);
  const end = raw.indexOf(0);
  return new TextDecoder().decode(end < 0 ? raw : raw.subarray(0, end));
}

/** The path of an extended header; `undefined` if it only extends the link's target. */
function extendedPath(records: string): string | undefined {
  return /^\d+ path=(.*)$/m.exec(records)?.[1];
}
