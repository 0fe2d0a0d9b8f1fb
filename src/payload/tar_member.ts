/** Pieces of a tar archive (POSIX ustar), for joining large contents that are stored elsewhere. Pure. */

const BLOCK_BYTES = 512;
/** The name field of a header; longer paths would need a second field that nothing here needs. */
const MAX_PATH_BYTES = 100;
/** Eleven octal digits. */
const MAX_SIZE = 8 ** 11 - 1;

/** A regular file in an archive, owned by root, with time 0 so that equal contents give equal archives. */
export interface TarMember {
  /** Without a leading slash. */
  readonly path: string;
  /** Permission bits, such as 0o755. */
  readonly mode: number;
  /** Length of the content in bytes. */
  readonly size: number;
}

/**
 * The header that goes before a file's content.
 *
 * @throws {RangeError} if path or size do not fit into the format.
 */
export function tarHeader(member: TarMember): Uint8Array<ArrayBuffer> {
  const path = new TextEncoder().encode(member.path);
  if (path.length === 0 || path.length > MAX_PATH_BYTES) {
    throw new RangeError(
      `Cannot write a tar header: the path has ${path.length} bytes, not 1 to ${MAX_PATH_BYTES}`,
    );
  }
  if (!Number.isInteger(member.size) || member.size < 0 || member.size > MAX_SIZE) {
    throw new RangeError(`Cannot write a tar header: the size is ${member.size}, not 0 to ${MAX_SIZE}`);
  }
  const header = new Uint8Array(BLOCK_BYTES);
  const text = (offset: number, value: string) => header.set(new TextEncoder().encode(value), offset);
  const octal = (offset: number, digits: number, value: number) => {
    text(offset, value.toString(8).padStart(digits, "0"));
  };
  header.set(path);
  octal(100, 7, member.mode);
  octal(108, 7, 0); // user
  octal(116, 7, 0); // group
  octal(124, 11, member.size);
  octal(136, 11, 0); // time
  text(148, " ".repeat(8)); // the checksum is taken with spaces in its own place
  text(156, "0"); // regular file
  text(257, "ustar\0" + "00");
  octal(148, 6, header.reduce((sum, byte) => sum + byte, 0));
  text(154, "\0 ");
  return header;
}

/** The zero bytes between a content of that length and the next header. */
export function tarPadding(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES);
}

/** The two zero blocks behind the last member. */
export function tarEnd(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(2 * BLOCK_BYTES);
}
