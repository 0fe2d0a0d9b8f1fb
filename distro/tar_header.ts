/** What a tar archive of ours can hold. */
export type TarEntryType = "file" | "directory" | "symlink" | "hardlink";

/** One entry, without its content. */
export interface TarEntry {
  /** Relative, without a leading `./` and without a trailing slash. */
  readonly path: string;
  readonly type: TarEntryType;
  /** Permission bits, such as `0o755`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content that follow the header; 0 for everything but files. */
  readonly size: number;
  /** Where a symlink points, or the path of the entry that a hard link shares. */
  readonly linkTarget?: string;
}

/** Unit of a tar archive, in bytes. */
export const TAR_BLOCK_BYTES = 512;

/**
 * Seconds since 1970 that every entry of every archive carries, in all releases: a time that moves would change
 * each header, and with it the size of an update. 1 January 2026, 00:00 UTC.
 */
export const TAR_ENTRY_TIME = 1_767_225_600;

/** Field sizes that the ustar format gives, in bytes. */
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

const TYPE_FLAGS: Record<TarEntryType | "extended", string> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  directory: "5",
  extended: "x",
};

const encoder = new TextEncoder();

/**
 * The header blocks of one entry: ustar, preceded by a pax header where a name does not fit. The same entry gives
 * the same bytes on every machine.
 */
export function encodeTarHeader(entry: TarEntry): Uint8Array<ArrayBuffer> {
  const path = entry.type === "directory" ? `${entry.path}/` : entry.path;
  const link = entry.linkTarget ?? "";
  const split = splitPath(path);
  const records: string[] = [];
  if (split === undefined) records.push(paxRecord("path", path));
  if (encoder.encode(link).length > NAME_BYTES) records.push(paxRecord("linkpath", link));
  const main = encodeBlock(entry, TYPE_FLAGS[entry.type], split ?? { prefix: "", name: "" }, link);
  if (records.length === 0) return main;

  const body = encoder.encode(records.join(""));
  const extended = { ...entry, size: body.length, mode: 0o644 };
  const header = encodeBlock(extended, TYPE_FLAGS.extended, { prefix: "", name: "pax" }, "");
  const blocks = new Uint8Array(header.length + paddedSize(body.length) + main.length);
  blocks.set(header, 0);
  blocks.set(body, header.length);
  blocks.set(main, header.length + paddedSize(body.length));
  return blocks;
}

/** `size` rounded up to whole blocks. */
export function paddedSize(size: number): number {
  return Math.ceil(size / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
}

interface SplitPath {
  readonly prefix: string;
  readonly name: string;
}

/** Cuts a path at a slash so that both halves fit their fields, or returns `undefined`. */
function splitPath(path: string): SplitPath | undefined {
  if (encoder.encode(path).length <= NAME_BYTES) return { prefix: "", name: path };
  for (let cut = path.indexOf("/"); cut > 0 && cut < path.length - 1; cut = path.indexOf("/", cut + 1)) {
    const prefix = path.slice(0, cut);
    const name = path.slice(cut + 1);
    if (encoder.encode(prefix).length <= PREFIX_BYTES && encoder.encode(name).length <= NAME_BYTES) {
      return { prefix, name };
    }
  }
  return undefined;
}

/** A pax record counts its own length, digits included. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const restBytes = encoder.encode(rest).length;
  let length = restBytes;
  while (restBytes + String(length).length !== length) length = restBytes + String(length).length;
  return `${length}${rest}`;
}

function encodeBlock(entry: TarEntry, flag: string, path: SplitPath, link: string): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(TAR_BLOCK_BYTES);
  const text = (offset: number, value: string, bytes: number) =>
    block.set(encoder.encode(value).subarray(0, bytes), offset);
  const octal = (offset: number, value: number, bytes: number) =>
    text(offset, value.toString(8).padStart(bytes - 1, "0"), bytes - 1);

  text(0, path.name, NAME_BYTES);
  octal(100, entry.mode, 8);
  octal(108, entry.uid, 8);
  octal(116, entry.gid, 8);
  octal(124, entry.size, 12);
  octal(136, TAR_ENTRY_TIME, 12);
  text(148, "        ", 8); // the checksum is taken with its own field as spaces
  text(156, flag, 1);
  text(157, link, NAME_BYTES);
  text(257, "ustar\0" + "00", 8);
  octal(329, 0, 8);
  octal(337, 0, 8);
  text(345, path.prefix, PREFIX_BYTES);

  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  text(148, `${checksum.toString(8).padStart(6, "0")}\0 `, 8);
  return block;
}
