import { WindlassError } from "../../errors/windlass_error.ts";
import { isChannelPath } from "./channel_path.ts";
import { shownText } from "./shown_text.ts";

/** Where a file lies in a bundle. Bytes. */
export interface BundleEntry {
  readonly offset: number;
  readonly length: number;
}

/** A tar file as the index reads it. */
export interface BundleBytes {
  readonly length: number;
  /** Exactly these bytes, which lie within the length. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

const BLOCK = 512;
/** Where the fields of a tar header lie: name, size, checksum, kind, magic, prefix. */
const FIELDS = {
  name: [0, 100],
  size: [124, 136],
  checksum: [148, 156],
  kind: [156, 157],
  magic: [257, 263],
  prefix: [345, 500],
} as const;
const FILE_KINDS = ["0", "\0"];
const FOLDER_KIND = "5";

/**
 * Reads the headers of a bundle, and refuses what a plain tar of a channel folder does not have: links, names that
 * lead elsewhere, the same name twice, sizes that reach beyond the end.
 *
 * @throws {WindlassError} `WL_UPDATE_BUNDLE_INVALID`
 */
export async function readBundleIndex(
  bytes: BundleBytes,
  { name, entries }: { readonly name: string; readonly entries: number },
): Promise<ReadonlyMap<string, BundleEntry>> {
  const refuse = (state: string) =>
    new WindlassError("WL_UPDATE_BUNDLE_INVALID", `Cannot read the bundle '${name}': ${state}`);
  const index = new Map<string, BundleEntry>();
  for (let offset = 0, count = 0;; count++) {
    if (offset + BLOCK > bytes.length) throw refuse("it has no end, so a part of it is missing");
    const header = await bytes.read(offset, BLOCK);
    if (header.every((byte) => byte === 0)) return index;
    if (count === entries) throw refuse(`it has more than ${entries} entries`);
    if (!isHeader(header)) throw refuse(`there is no tar header at byte ${offset}`);
    const path = pathOf(header);
    const length = sizeOf(header);
    const kind = text(header, "kind") || "\0";
    offset += BLOCK;
    if (length === null || offset + length > bytes.length) {
      throw refuse(`'${shownText(path)}' reaches beyond its end`);
    }
    if (kind === FOLDER_KIND && (path === "" || isChannelPath(path))) continue;
    if (!FILE_KINDS.includes(kind)) throw refuse(`'${shownText(path)}' is neither a file nor a folder`);
    if (!isChannelPath(path)) throw refuse(`the name '${shownText(path)}' is not allowed`);
    if (index.has(path)) throw refuse(`it has '${path}' twice`);
    index.set(path, { offset, length });
    offset += Math.ceil(length / BLOCK) * BLOCK;
  }
}

function isHeader(header: Uint8Array): boolean {
  if (!text(header, "magic").startsWith("ustar")) return false;
  const [start, end] = FIELDS.checksum;
  const sum = header.reduce((total, byte, at) => total + (at >= start && at < end ? 0x20 : byte), 0);
  return octal(text(header, "checksum")) === sum;
}

/** Without the `./` and the slash at the end that tar puts there. */
function pathOf(header: Uint8Array): string {
  const prefix = text(header, "magic").startsWith("ustar ") ? "" : text(header, "prefix"); // GNU has times there
  const path = prefix === "" ? text(header, "name") : `${prefix}/${text(header, "name")}`;
  return path.replace(/^\.(\/|$)/, "").replace(/\/$/, "");
}

/** Octal digits only: what needs the binary form is larger than any component. */
function sizeOf(header: Uint8Array): number | null {
  return octal(text(header, "size"));
}

function octal(field: string): number | null {
  const digits = field.trim();
  return /^[0-7]{1,11}$/.test(digits) ? parseInt(digits, 8) : null;
}

/** A field up to its first zero. Bytes beyond ASCII stay one character each, which no allowed name has. */
function text(header: Uint8Array, field: keyof typeof FIELDS): string {
  const bytes = header.subarray(...FIELDS[field]);
  const end = bytes.indexOf(0);
  return String.fromCharCode(...(end === -1 ? bytes : bytes.subarray(0, end)));
}
