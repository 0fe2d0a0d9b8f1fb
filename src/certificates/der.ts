/** Reads DER, the encoding of certificates, as strictly as Go does. Pure. */

/** Tags of the universal types that certificates have. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** A value with its tag. */
export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag and length included. */
  readonly whole: Uint8Array;
}

/** Lengths of certificates fit in 3 bytes; Go reads up to 4. */
const LENGTH_BYTES = 4;

/** The values that `bytes` consists of, in order; `undefined` if it is anything but that. */
export function readElements(bytes: Uint8Array): Element[] | undefined {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const element = readElement(bytes, at);
    if (element === undefined) return undefined;
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** The values inside of an element; `undefined` if its tag is another one or its content is not DER. */
export function readInside(element: Element | undefined, tag: number): Element[] | undefined {
  return element?.tag === tag ? readElements(element.content) : undefined;
}

function readElement(bytes: Uint8Array, start: number): Element | undefined {
  const tag = bytes[start]!;
  if ((tag & 0x1f) === 0x1f) return undefined; // no certificate has tags of several bytes
  const first = bytes[start + 1];
  if (first === undefined) return undefined;
  let at = start + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > LENGTH_BYTES || at + count > bytes.length) return undefined;
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + bytes[at++]!;
    // The shortest form is the only one.
    if (length < 0x80 || length < 256 ** (count - 1)) return undefined;
  }
  if (at + length > bytes.length) return undefined;
  return { tag, content: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length) };
}

/** An object identifier in dots: `2.5.4.3`. `undefined` if it is not well formed. */
export function oidText(content: Uint8Array): string | undefined {
  const parts: number[] = [];
  let value = 0;
  for (const [index, byte] of content.entries()) {
    if (value === 0 && byte === 0x80) return undefined;
    value = value * 128 + (byte & 0x7f);
    if (value > 0xffff_ffff) return undefined;
    if (byte & 0x80) {
      if (index === content.length - 1) return undefined;
      continue;
    }
    if (parts.length === 0) {
      const root = Math.min(Math.floor(value / 40), 2);
      parts.push(root, value - root * 40);
    } else parts.push(value);
    value = 0;
  }
  return parts.length === 0 ? undefined : parts.join(".");
}
