import { type Element, oidText, readElements, readInside, TAG } from "./der.ts";

/** The parts of an X.509 certificate, as far as they are of use here. */
export interface Certificate {
  readonly der: Uint8Array<ArrayBuffer>;
  /** 1, 2 or 3. */
  readonly version: number;
  /** As in the certificate: big-endian, two's complement. */
  readonly serial: Uint8Array;
  /** The algorithm of the signature, as it is signed and as it stands beside the signature. */
  readonly algorithms: readonly [Element, Element];
  readonly issuer: Element;
  readonly subject: Element;
  readonly validity: readonly Element[];
  /** When it ends, in milliseconds since 1970; `undefined` if that is not well formed. */
  readonly notAfter: number | undefined;
  readonly keyInfo: Element;
  /** Extensions of version 3, each as it is encoded; `undefined` if the list is not well formed. */
  readonly extensions: readonly Element[] | undefined;
}

const VERSION_TAG = 0xa0;
const UNIQUE_ID_TAGS: readonly number[] = [0x81, 0x82, 0xa1, 0xa2];
const EXTENSIONS_TAG = 0xa3;
/** What users recognise a certificate by, the best first: common name, organisation, unit. */
const TELLING_NAMES: readonly string[] = ["2.5.4.3", "2.5.4.10", "2.5.4.11"];
const NAME_CHARACTERS = 100;

/** The parts of a certificate; `undefined` if the bytes are not one. Pure. */
export function parseCertificate(der: Uint8Array<ArrayBuffer>): Certificate | undefined {
  const [outer, ...trailing] = readElements(der) ?? [];
  const parts = readInside(outer, TAG.sequence);
  if (parts?.length !== 3 || trailing.length > 0) return undefined;
  const fields = readInside(parts[0], TAG.sequence);
  if (fields === undefined) return undefined;
  const version = fields[0]?.tag === VERSION_TAG ? readVersion(fields.shift()!) : 1;
  const [serial, algorithm, issuer, validity, subject, keyInfo, ...optional] = fields;
  const times = readInside(validity, TAG.sequence);
  if (
    version === undefined || serial?.tag !== TAG.integer || issuer?.tag !== TAG.sequence ||
    subject?.tag !== TAG.sequence || keyInfo?.tag !== TAG.sequence || times?.length !== 2
  ) return undefined;
  return {
    der,
    version,
    serial: serial.content,
    algorithms: [algorithm!, parts[1]!],
    issuer,
    subject,
    validity: times,
    notAfter: readTime(times[1]!),
    keyInfo,
    extensions: readExtensions(optional),
  };
}

function readVersion(element: Element): number | undefined {
  const [number] = readInside(element, VERSION_TAG) ?? [];
  return number?.tag === TAG.integer && number.content.length === 1 ? number.content[0]! + 1 : undefined;
}

function readExtensions(optional: readonly Element[]): Element[] | undefined {
  const last = optional.filter(({ tag }) => !UNIQUE_ID_TAGS.includes(tag));
  if (last.length === 0) return [];
  const [list] = readInside(last[0], EXTENSIONS_TAG) ?? [];
  return last.length > 1 ? undefined : readInside(list, TAG.sequence);
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** A time in milliseconds since 1970; `undefined` in any other form than the one that certificates may have. Pure. */
export function readTime({ tag, content }: Element): number | undefined {
  if (tag !== TAG.utcTime && tag !== TAG.generalizedTime) return undefined;
  const match = (tag === TAG.utcTime ? UTC_TIME : GENERALIZED_TIME).exec(
    String.fromCharCode(...content.subarray(0, 20)),
  );
  if (match === null) return undefined;
  const [given, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    ...[number, number, number, number, number],
  ];
  const year = tag === TAG.generalizedTime ? given : given + (given < 50 ? 2000 : 1900);
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const written = new Date(time);
  // A 31st of February would be a day in March.
  if (written.getUTCDate() !== day || written.getUTCMonth() !== month - 1) return undefined;
  return hour > 23 || minute > 59 || second > 59 ? undefined : time;
}

/** The attributes of a name: their types in dots, and their values. `undefined` if it is not well formed. Pure. */
export function nameAttributes(
  name: Element,
): { readonly type: string; readonly value: Element }[] | undefined {
  const attributes: { type: string; value: Element }[] = [];
  const sets = readInside(name, TAG.sequence);
  for (const set of sets ?? []) {
    const members = readInside(set, TAG.set);
    if (members === undefined) return undefined;
    for (const member of members) {
      const [type, value] = readInside(member, TAG.sequence) ?? [];
      const text = type?.tag === TAG.oid ? oidText(type.content) : undefined;
      if (text === undefined || value === undefined) return undefined;
      attributes.push({ type: text, value });
    }
  }
  if (sets === undefined) return undefined;
  return attributes;
}

/** What a user knows the certificate as: the common name of its subject, or the next best thing. Pure. */
export function certificateName({ subject }: Certificate): string {
  const attributes = nameAttributes(subject) ?? [];
  for (const wanted of TELLING_NAMES) {
    const found = attributes.findLast(({ type }) => type === wanted);
    const text = found === undefined ? "" : plainText(found.value);
    if (text !== "") return text;
  }
  return "a certificate without a name";
}

/** Text for a terminal and a log: strangers write certificates, too. */
function plainText({ tag, content }: Element): string {
  const encoding = tag === TAG.bmpString ? "utf-16be" : tag === TAG.t61String ? "latin1" : "utf-8";
  const text = new TextDecoder(encoding).decode(content.subarray(0, NAME_CHARACTERS * 4));
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ").trim().slice(0, NAME_CHARACTERS);
}
