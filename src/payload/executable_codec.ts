/**
 * Index and footer of the executable, as `FORMAT.md` fixes them: bytes to values and back. No I/O.
 */
import { sha256 } from "../hashing/sha256.ts";

/** Digest as it is used for ids. */
export { sha256 };

/** Length of the footer, the last part of the payload. */
export const FOOTER_BYTES = 96;
/** Length of one index entry. */
export const ENTRY_BYTES = 128;
/** The program alone is some 40 components; the index is still read at once. */
export const MAX_COMPONENTS = 256;
/** A name's field has 32 bytes and ends with a zero byte. */
const MAX_NAME_CHARACTERS = 31;
const FORMAT_VERSION = 1;
const MAGIC = "WNDLSFTR";
const NAME_REGEXP = /^[a-z][a-z0-9.-]*$/;
const FLAG_BITS = { stored: 1, unpack: 2, executable: 4 } as const;
const ALL_FLAG_BITS = 7;

/** What the launcher does with a component, and how it is stored. */
export interface ComponentFlags {
  /** The bytes are stored as they are; only the stub is. */
  readonly stored: boolean;
  /** The launcher unpacks it before the start. */
  readonly unpack: boolean;
  /** Unpacked with the execute permission. */
  readonly executable: boolean;
}

/** One part of the executable before the index. Digests are sha256 in lower-case hexadecimal. */
export interface Component extends ComponentFlags {
  readonly name: string;
  /** Digest of the uncompressed bytes. */
  readonly id: string;
  /** Digest of the bytes as they are stored in the executable. */
  readonly storedDigest: string;
  /** From the start of the executable. */
  readonly offset: number;
  readonly storedLength: number;
  readonly rawLength: number;
}

/** What the footer says about the index. */
export interface Footer {
  readonly count: number;
  readonly indexOffset: number;
  readonly indexLength: number;
  readonly indexDigest: string;
}

/** Index or footer are not what they should be; `state` fits behind "Cannot ...: ". */
export class ExecutableFormatError extends Error {
  override readonly name = "ExecutableFormatError";
  constructor(readonly part: "footer" | "index", readonly state: string) {
    super(`Cannot read the ${part}: ${state}`);
  }
}

/** The index of components that follow each other in this order, without a gap, from byte 0. */
export function encodeIndex(components: readonly Component[]): Uint8Array<ArrayBuffer> {
  const index = encodeEntries(components);
  decodeIndex(index, footerOf(components, index)); // what cannot be read again must not be written
  return index;
}

/** Index entries as they are, wherever the components stand. */
export function encodeEntries(components: readonly Component[]): Uint8Array<ArrayBuffer> {
  const entries = new Uint8Array(components.length * ENTRY_BYTES);
  components.forEach((component, position) => {
    const entry = entries.subarray(position * ENTRY_BYTES, (position + 1) * ENTRY_BYTES);
    const view = new DataView(entry.buffer, entry.byteOffset, ENTRY_BYTES);
    entry.set(new TextEncoder().encode(component.name));
    entry.set(Uint8Array.fromHex(component.id), 32);
    entry.set(Uint8Array.fromHex(component.storedDigest), 64);
    view.setBigUint64(96, BigInt(component.offset), true);
    view.setBigUint64(104, BigInt(component.storedLength), true);
    view.setBigUint64(112, BigInt(component.rawLength), true);
    view.setUint32(120, flagsToBits(component), true);
  });
  return entries;
}

/** The footer for that index; it goes right behind it. */
export function encodeFooter(components: readonly Component[], index: Uint8Array): Uint8Array<ArrayBuffer> {
  return footerBytes(footerOf(components, index));
}

/** A footer that says this. */
export function footerBytes(
  { count, indexOffset, indexLength, indexDigest }: Footer,
): Uint8Array<ArrayBuffer> {
  const footer = new Uint8Array(FOOTER_BYTES);
  const view = new DataView(footer.buffer);
  footer.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, count, true);
  view.setBigUint64(16, BigInt(indexOffset), true);
  view.setBigUint64(24, BigInt(indexLength), true);
  footer.set(Uint8Array.fromHex(indexDigest), 32);
  footer.set(Uint8Array.fromHex(sha256(footer.subarray(0, 64))), 64);
  return footer;
}

/**
 * Reads the last {@linkcode FOOTER_BYTES} of a payload that ends at byte `end` of its file.
 *
 * @throws {ExecutableFormatError} for part "footer".
 */
export function decodeFooter(bytes: Uint8Array, end: number): Footer {
  if (bytes.length !== FOOTER_BYTES || !hasMagic(bytes)) refuse("footer", "its footer is missing");
  if (sha256(bytes.subarray(0, 64)) !== bytes.subarray(64).toHex()) refuse("footer", "its footer is damaged");
  const view = new DataView(bytes.buffer, bytes.byteOffset, FOOTER_BYTES);
  if (view.getUint32(8, true) !== FORMAT_VERSION) {
    refuse("footer", `its format version is not ${FORMAT_VERSION}`);
  }
  const count = view.getUint32(12, true);
  const indexOffset = Number(view.getBigUint64(16, true));
  const indexLength = Number(view.getBigUint64(24, true));
  const complete = indexLength === count * ENTRY_BYTES && indexOffset + indexLength + FOOTER_BYTES === end;
  if (count === 0 || count > MAX_COMPONENTS || !complete) refuse("footer", "its footer is damaged");
  return { count, indexOffset, indexLength, indexDigest: bytes.subarray(32, 64).toHex() };
}

/**
 * Finds the footer in the last bytes of what may be a payload and ends at byte `end` of its file: at their end, or as many zero
 * bytes before it as `bytes` is longer than a footer.
 *
 * @throws {ExecutableFormatError} for part "footer".
 */
export function findFooter(bytes: Uint8Array, end: number): Footer {
  for (let padding = 0; padding + FOOTER_BYTES <= bytes.length; padding++) {
    if (padding > 0 && bytes[bytes.length - padding] !== 0) break;
    const candidate = bytes.subarray(bytes.length - padding - FOOTER_BYTES, bytes.length - padding);
    if (hasMagic(candidate)) return decodeFooter(candidate, end - padding);
  }
  refuse("footer", "its footer is missing");
}

/**
 * Reads the index that a footer points to. Every byte up to the index belongs to exactly one of the result.
 *
 * @throws {ExecutableFormatError} for part "index".
 */
export function decodeIndex(bytes: Uint8Array, footer: Footer): readonly Component[] {
  const components = decodeEntries(bytes, footer);
  let place = 0;
  for (const component of components) {
    if (component.offset !== place) refuseIndex();
    place += component.storedLength;
  }
  if (place !== footer.indexOffset) refuseIndex();
  return components;
}

/**
 * Reads index entries whose digest the footer has, wherever the components stand. Names are unique.
 *
 * @throws {ExecutableFormatError} for part "index".
 */
export function decodeEntries(bytes: Uint8Array, footer: Footer): readonly Component[] {
  if (bytes.length !== footer.indexLength || sha256(bytes) !== footer.indexDigest) refuseIndex();
  const components: Component[] = [];
  for (let start = 0; start < bytes.length; start += ENTRY_BYTES) {
    const component = decodeEntry(bytes.subarray(start, start + ENTRY_BYTES));
    if (components.some(({ name }) => name === component.name)) refuseIndex();
    components.push(component);
  }
  return components;
}

function decodeEntry(entry: Uint8Array): Component {
  const view = new DataView(entry.buffer, entry.byteOffset, ENTRY_BYTES);
  const name = new TextDecoder().decode(entry.subarray(0, 32)).replace(/\0+$/, "");
  const bits = view.getUint32(120, true);
  if (!NAME_REGEXP.test(name) || name.length > MAX_NAME_CHARACTERS) refuseIndex();
  if ((bits & ~ALL_FLAG_BITS) !== 0 || view.getUint32(124, true) !== 0) refuseIndex();
  return {
    name,
    id: entry.subarray(32, 64).toHex(),
    storedDigest: entry.subarray(64, 96).toHex(),
    offset: Number(view.getBigUint64(96, true)),
    storedLength: Number(view.getBigUint64(104, true)),
    rawLength: Number(view.getBigUint64(112, true)),
    stored: (bits & FLAG_BITS.stored) !== 0,
    unpack: (bits & FLAG_BITS.unpack) !== 0,
    executable: (bits & FLAG_BITS.executable) !== 0,
  };
}

function footerOf(components: readonly Component[], index: Uint8Array): Footer {
  const indexOffset = components.reduce((sum, { storedLength }) => sum + storedLength, 0);
  return { count: components.length, indexOffset, indexLength: index.length, indexDigest: sha256(index) };
}

function flagsToBits(flags: ComponentFlags): number {
  return (flags.stored ? FLAG_BITS.stored : 0) | (flags.unpack ? FLAG_BITS.unpack : 0) |
    (flags.executable ? FLAG_BITS.executable : 0);
}

function hasMagic(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) === MAGIC;
}

/** For errors in an index that its digest does not reveal. */
export function refuseIndex(): never {
  refuse("index", "its index is damaged");
}

function refuse(part: "footer" | "index", state: string): never {
  throw new ExecutableFormatError(part, state);
}
