/** The server's side of the NTLM exchange (MS-NLMP): its challenge, and whether an answer to it is right. Pure. */
import { createHmac } from "node:crypto";

/** An account, by what a server keeps of it. */
export interface NtlmAccount {
  readonly domain: string;
  readonly user: string;
  /** MD4 of the password in UTF-16, as hexadecimal digits. */
  readonly hash: string;
}

/** The account of the specification's examples; its password is `Password`. */
export const JANE: NtlmAccount = { domain: "CORP", user: "jane", hash: "a4f49c406510bdcab6824ee7c30fd852" };
export const JANE_PASSWORD = "Password";

const SIGNATURE = new TextEncoder().encode("NTLMSSP\0");
/** Unicode, target, NTLM, always sign, domain, extended session security, target information, 128 and 56 bits. */
const FLAGS = 0x1 | 0x4 | 0x200 | 0x8000 | 0x1_0000 | 0x8_0000 | 0x80_0000 | 0x2000_0000 | 0x8000_0000;
const AV = { end: 0, computer: 1, domain: 2, time: 7 } as const;
const HEADER_BYTES = 48;
const PROOF_BYTES = 16;
/** Windows counts 100 ns since 1601. */
const EPOCH_SECONDS = 11_644_473_600n;

/** Which message a token is: 1 to 3; `undefined` if it is not one of them. */
export function messageType(token: Uint8Array<ArrayBuffer>): number | undefined {
  if (token.length < 12 || !SIGNATURE.every((byte, at) => token[at] === byte)) return undefined;
  return new DataView(token.buffer, token.byteOffset).getUint32(8, true);
}

/** Message 2, which asks for a proof with these eight bytes. */
export function challengeMessage(challenge: Uint8Array, domain: string): Uint8Array<ArrayBuffer> {
  const name = utf16(domain);
  const time = new Uint8Array(8);
  const now = (BigInt(Math.floor(Date.now() / 1_000)) + EPOCH_SECONDS) * 10_000_000n;
  new DataView(time.buffer).setBigUint64(0, now, true);
  const information = join(
    pair(AV.domain, name),
    pair(AV.computer, utf16("PROXY")),
    pair(AV.time, time),
    pair(AV.end, new Uint8Array(0)),
  );
  const message = join(new Uint8Array(HEADER_BYTES), name, information);
  message.set(SIGNATURE);
  message.set(challenge, 24);
  const view = new DataView(message.buffer);
  view.setUint32(8, 2, true);
  view.setUint32(20, FLAGS >>> 0, true);
  setField(view, 12, name.length, HEADER_BYTES);
  setField(view, 40, information.length, HEADER_BYTES + name.length);
  return message;
}

/** The account that a message 3 names. */
export function namedAccount(
  message: Uint8Array<ArrayBuffer>,
): { readonly domain: string; readonly user: string } {
  const text = (at: number) => new TextDecoder("utf-16le").decode(field(message, at));
  return { domain: text(28), user: text(36) };
}

/** Whether message 3 proves the password of an account, by version 2 of the protocol. */
export function proves(
  message: Uint8Array<ArrayBuffer>,
  challenge: Uint8Array,
  account: NtlmAccount,
): boolean {
  const response = field(message, 20);
  if (response.length <= PROOF_BYTES + 8) return false; // version 1
  const { domain, user } = namedAccount(message);
  if (user.toLowerCase() !== account.user.toLowerCase()) return false;
  const key = hmac(Uint8Array.fromHex(account.hash), utf16(user.toUpperCase() + domain));
  const proof = hmac(key, join(challenge, response.subarray(PROOF_BYTES)));
  return proof.every((byte, at) => response[at] === byte);
}

function field(message: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(message.buffer, message.byteOffset);
  const length = view.getUint16(at, true);
  const offset = view.getUint32(at + 4, true);
  return message.subarray(offset, offset + length);
}

function setField(view: DataView, at: number, length: number, offset: number): void {
  view.setUint16(at, length, true);
  view.setUint16(at + 2, length, true);
  view.setUint32(at + 4, offset, true);
}

function pair(id: number, value: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint16(0, id, true);
  new DataView(head.buffer).setUint16(2, value.length, true);
  return join(head, value);
}

function hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHmac("md5", key).update(bytes).digest());
}

function utf16(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint16Array.from(text, (_, at) => text.charCodeAt(at)).buffer);
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
