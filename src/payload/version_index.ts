/** The index file of a version that an update brought, as `FORMAT.md` fixes it: bytes to values and back. No I/O. */
import {
  type Component,
  decodeEntries,
  decodeFooter,
  encodeEntries,
  ENTRY_BYTES,
  FOOTER_BYTES,
  footerBytes,
  MAX_COMPONENTS,
  refuseIndex,
  sha256,
} from "./executable_codec.ts";

/** The longest that an index file can be. */
export const MAX_VERSION_INDEX_BYTES = MAX_COMPONENTS * ENTRY_BYTES + FOOTER_BYTES;

/**
 * The bytes of an index file; their sha256 is the version's id. Offsets are left out, since the components are files of their
 * own or in an executable that the index does not know.
 *
 * @throws {ExecutableFormatError} if the components cannot be those of a version.
 */
export function encodeVersionIndex(components: readonly Component[]): Uint8Array<ArrayBuffer> {
  const entries = encodeEntries(components.map((component) => ({ ...component, offset: 0 })));
  const footer = footerBytes({
    count: components.length,
    indexOffset: 0,
    indexLength: entries.length,
    indexDigest: sha256(entries),
  });
  const bytes = new Uint8Array([...entries, ...footer]);
  decodeVersionIndex(bytes); // what cannot be read again must not be written
  return bytes;
}

/**
 * Reads an index file. That its sha256 is its name is for the caller to check.
 *
 * @throws {ExecutableFormatError} if it is not one that {@linkcode encodeVersionIndex} has made.
 */
export function decodeVersionIndex(bytes: Uint8Array): readonly Component[] {
  const end = Math.max(0, bytes.length - FOOTER_BYTES);
  const footer = decodeFooter(bytes.subarray(end), bytes.length);
  if (footer.indexOffset !== 0) refuseIndex();
  const components = decodeEntries(bytes.subarray(0, end), footer);
  if (!components.every(isSound)) refuseIndex();
  return components;
}

/** No component has a position or is stored raw; the file of one that is unpacked is its raw bytes. */
function isSound(component: Component): boolean {
  const { offset, stored, unpack, id, storedDigest, storedLength, rawLength } = component;
  return offset === 0 && !stored && (!unpack || (storedDigest === id && storedLength === rawLength));
}
