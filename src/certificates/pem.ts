/** Certificates as text. Pure. */

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";
const LINE_CHARACTERS = 64;

/** One block of a text. */
export interface PemBlock {
  /** The bytes that it stands for; `undefined` if they cannot be decoded. */
  readonly der: Uint8Array<ArrayBuffer> | undefined;
}

/** The certificates in a text, in order. What is between them is ignored, as everybody does. */
export function parsePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let end = 0;
  for (let begin = text.indexOf(BEGIN); begin !== -1;) {
    const start = begin + BEGIN.length;
    if (end < start) end = text.indexOf(END, start); // a text of beginnings alone is read once
    const next = text.indexOf(BEGIN, start);
    if (end === -1) {
      blocks.push({ der: undefined });
      break;
    }
    // One without an end does not take the next one with it.
    blocks.push({ der: next !== -1 && next < end ? undefined : decode(text.slice(start, end)) });
    begin = next;
  }
  return blocks;
}

/** A certificate as PEM, with a line break at its end. */
export function formatPem(der: Uint8Array): string {
  const base64 = der.toBase64();
  const lines: string[] = [BEGIN];
  for (let at = 0; at < base64.length; at += LINE_CHARACTERS) {
    lines.push(base64.slice(at, at + LINE_CHARACTERS));
  }
  return [...lines, END, ""].join("\n");
}

function decode(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(base64); // white space is allowed
  } catch {
    return undefined;
  }
}
