import { type Certificate, nameAttributes, readTime } from "./certificate.ts";
import { type Element, oidText, readInside, TAG } from "./der.ts";

/** RSA, and keys on elliptic curves. */
const RSA = "1.2.840.113549.1.1.1";
const ELLIPTIC = "1.2.840.10045.2.1";
/** P-224, P-256, P-384, P-521. */
const CURVES: readonly string[] = ["1.3.132.0.33", "1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];
/** Identifiers of the keys of issuer and subject. */
const KEY_IDENTIFIERS: readonly string[] = ["2.5.29.35", "2.5.29.14"];
const BASIC_CONSTRAINTS = "2.5.29.19";

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?*&]*$/;
const NUMERIC = /^[0-9 ]*$/;

/**
 * Why Go's `crypto/x509` cannot parse a certificate that other programs may accept, as a lower-case clause; nothing if it
 * should. dockerd, BuildKit and most programs around them are written in Go, and ignore such a certificate without a word.
 * A negative serial number is not such a reason: dockerd is set to accept it. Pure.
 */
export function goRefusal(certificate: Certificate): string | undefined {
  const { version, serial, algorithms: [inner, outer], issuer, subject, validity, extensions } = certificate;
  if (version > 3) return `it has the version ${version}, which does not exist`;
  if (!isShortestInteger(serial)) return "its serial number is not well formed";
  if (!isEqual(inner.whole, outer.whole)) return "it names two different signature algorithms";
  for (const name of [issuer, subject]) {
    const attributes = nameAttributes(name);
    if (attributes === undefined) return "a name in it is not well formed";
    for (const { value } of attributes) {
      if (!isText(value)) return "a name in it has characters that its type of text may not have";
    }
  }
  if (validity.some((time) => readTime(time) === undefined)) return "its dates are not well formed";
  return keyRefusal(certificate.keyInfo) ?? extensionsRefusal(extensions);
}

/** Whether a serial number is below zero, as those of some company appliances are. Pure. */
export function isNegative(serial: Uint8Array): boolean {
  return (serial[0] ?? 0) >= 0x80;
}

function isShortestInteger(content: Uint8Array): boolean {
  const [first, second] = content;
  if (first === undefined) return false;
  if (second === undefined) return true;
  return !(first === 0 && second < 0x80) && !(first === 0xff && second >= 0x80);
}

function isText({ tag, content }: Element): boolean {
  switch (tag) {
    case TAG.printableString:
      return PRINTABLE.test(latin1(content));
    case TAG.numericString:
      return NUMERIC.test(latin1(content));
    case TAG.ia5String:
      return content.every((byte) => byte < 0x80);
    case TAG.bmpString:
      return content.length % 2 === 0;
    case TAG.t61String:
      return true;
    case TAG.utf8String:
      return isUtf8(content);
    default:
      return false;
  }
}

function keyRefusal(keyInfo: Element): string | undefined {
  const [algorithm, key] = readInside(keyInfo, TAG.sequence) ?? [];
  const [type, parameters] = readInside(algorithm, TAG.sequence) ?? [];
  if (type?.tag !== TAG.oid || key?.tag !== TAG.bitString) return "its public key is not well formed";
  switch (oidText(type.content)) {
    case RSA:
      return parameters?.tag === TAG.null ? undefined : "its RSA key lacks the NULL that belongs to one";
    case ELLIPTIC: {
      const curve = parameters?.tag === TAG.oid ? oidText(parameters.content) : undefined;
      return curve !== undefined && CURVES.includes(curve)
        ? undefined
        : "its key is on an elliptic curve that Go does not have";
    }
    default:
      return undefined; // Go keeps a key of a kind that it does not know as bytes
  }
}

function extensionsRefusal(extensions: readonly Element[] | undefined): string | undefined {
  const malformed = "its extensions are not well formed";
  if (extensions === undefined) return malformed;
  const seen = new Set<string>();
  for (const extension of extensions) {
    const parts = readInside(extension, TAG.sequence) ?? [];
    const isCritical = parts.length === 3 && parts[1]?.tag === TAG.boolean && parts[1].content[0] !== 0;
    const [type, value] = [parts[0], parts.at(-1)];
    const id = type?.tag === TAG.oid ? oidText(type.content) : undefined;
    if (id === undefined || value?.tag !== TAG.octetString) return malformed;
    if (seen.has(id)) return "it has the same extension twice";
    seen.add(id);
    if (isCritical && KEY_IDENTIFIERS.includes(id)) return "it marks the identifier of a key as critical";
    if (id === BASIC_CONSTRAINTS && !areBasicConstraints(value)) return malformed;
  }
  return undefined;
}

/** A sequence of whether it is an authority, and how many of them may follow. */
function areBasicConstraints({ content }: Element): boolean {
  const wrapped = { tag: TAG.octetString, content, whole: content };
  const [outer, ...more] = readInside(wrapped, TAG.octetString) ?? [];
  const parts = readInside(outer, TAG.sequence);
  if (parts === undefined || more.length > 0) return false;
  const [first] = parts;
  const rest = first?.tag === TAG.boolean ? parts.slice(1) : parts;
  // DER has no other truth than this, and Go knows no other either.
  if (first?.tag === TAG.boolean && first.content[0] !== 0 && first.content[0] !== 0xff) return false;
  return rest.every(({ tag, content }) => tag === TAG.integer && isShortestInteger(content));
}

function isUtf8(content: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}

function latin1(content: Uint8Array): string {
  return new TextDecoder("latin1").decode(content);
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
