/** What a value of the registry holds. An EXPAND_SZ is read with its variables filled in; unknown types are bytes. */
export type RegistryValue = string | number | bigint | readonly string[] | Uint8Array<ArrayBuffer>;

/** Types of values by the names that Windows gives them. */
export const REGISTRY_TYPES = { SZ: 1, EXPAND_SZ: 2, BINARY: 3, DWORD: 4, MULTI_SZ: 7, QWORD: 11 } as const;

/** UTF-16LE with a zero at the end, as every text is handed to Windows. */
export function wideText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((text.length + 1) * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) view.setUint16(index * 2, text.charCodeAt(index), true);
  return bytes;
}

/** UTF-16LE up to its first zero, or to its end: the zero is a custom that not every program follows. */
export function textOfWide(bytes: Uint8Array<ArrayBuffer>): string {
  const text = allOfWide(bytes);
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}

/** The texts of a MULTI_SZ; an empty one ends the list. */
export function textsOfWide(bytes: Uint8Array<ArrayBuffer>): readonly string[] {
  const texts = allOfWide(bytes).split("\0");
  const end = texts.indexOf("");
  return end === -1 ? texts : texts.slice(0, end);
}

/** A value from its bytes. A number shorter than its type, which any program may write, counts as absent. */
export function decodeRegistryValue(type: number, bytes: Uint8Array<ArrayBuffer>): RegistryValue | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case REGISTRY_TYPES.SZ:
    case REGISTRY_TYPES.EXPAND_SZ:
      return textOfWide(bytes);
    case REGISTRY_TYPES.MULTI_SZ:
      return textsOfWide(bytes);
    case REGISTRY_TYPES.DWORD:
      return bytes.length < 4 ? null : view.getUint32(0, true);
    case REGISTRY_TYPES.QWORD:
      return bytes.length < 8 ? null : view.getBigUint64(0, true);
    default:
      return bytes.slice();
  }
}

/** Lone surrogates, which the registry may hold, stay as they are; TextDecoder would replace them. */
function allOfWide(bytes: Uint8Array<ArrayBuffer>): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let offset = 0; offset + 1 < bytes.length; offset += 2) {
    text += String.fromCharCode(view.getUint16(offset, true));
  }
  return text;
}
