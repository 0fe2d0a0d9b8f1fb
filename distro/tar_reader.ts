import { paddedSize, TAR_BLOCK_BYTES, type TarEntryType } from "./tar_header.ts";

/** An entry as an archive contains it. */
export interface ReadTarEntry {
  /** As written, with the slash that ends a folder's name. */
  readonly path: string;
  readonly type: TarEntryType | "other";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly linkTarget: string;
  /** Owner and group by name; ours are empty, since names mean nothing on another machine. */
  readonly ownerNames: string;
}

const TYPES: Record<string, TarEntryType> = {
  "0": "file",
  "1": "hardlink",
  "2": "symlink",
  "5": "directory",
};

/**
 * Lists the entries of an archive written by `tree_archive.ts` or `tar_memory.ts`, content skipped. Ends at the
 * end of the file or at a zero block, whichever comes first, since the archive of the engine distro has no end
 * blocks.
 */
export async function* readTarEntries(path: string): AsyncGenerator<ReadTarEntry> {
  using archive = await Deno.open(path);
  const block = new Uint8Array(TAR_BLOCK_BYTES);
  let extended = new Map<string, string>();
  while (await readWhole(archive, block)) {
    if (block.every((byte) => byte === 0)) return;
    const flag = field(block, 156, 1);
    const size = number(block, 124, 12);
    if (flag === "x") {
      const body = new Uint8Array(paddedSize(size));
      await readWhole(archive, body);
      extended = paxRecords(body.subarray(0, size));
      continue;
    }
    const prefix = field(block, 345, 155);
    const name = field(block, 0, 100);
    yield {
      path: extended.get("path") ?? (prefix === "" ? name : `${prefix}/${name}`),
      type: TYPES[flag] ?? "other",
      mode: number(block, 100, 8),
      uid: number(block, 108, 8),
      gid: number(block, 116, 8),
      size,
      time: number(block, 136, 12),
      linkTarget: extended.get("linkpath") ?? field(block, 157, 100),
      ownerNames: field(block, 265, 32) + field(block, 297, 32),
    };
    extended = new Map();
    await archive.seek(paddedSize(size), Deno.SeekMode.Current);
  }
}

/** Fills `target`; `false` if the file ends first. */
async function readWhole(archive: Deno.FsFile, target: Uint8Array): Promise<boolean> {
  let filled = 0;
  while (filled < target.length) {
    const count = await archive.read(target.subarray(filled));
    if (count === null) return false;
    filled += count;
  }
  return true;
}

function field(block: Uint8Array, offset: number, bytes: number): string {
  const raw = block.subarray(offset, offset + bytes);
  const end = raw.indexOf(0);
  return new TextDecoder().decode(end < 0 ? raw : raw.subarray(0, end));
}

function number(block: Uint8Array, offset: number, bytes: number): number {
  return parseInt(field(block, offset, bytes), 8);
}

function paxRecords(body: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let offset = 0; offset < body.length;) {
    const space = body.indexOf(0x20, offset);
    const length = parseInt(new TextDecoder().decode(body.subarray(offset, space)));
    const record = new TextDecoder().decode(body.subarray(space + 1, offset + length - 1));
    const equals = record.indexOf("=");
    records.set(record.slice(0, equals), record.slice(equals + 1));
    offset += length;
  }
  return records;
}
