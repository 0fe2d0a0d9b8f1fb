/** What Windows knows of one certificate beyond its bytes: users and administrators limit what it is good for. */
import { crypt32 } from "./crypt32.ts";

/** Has CertGetEnhancedKeyUsage read the certificate's own extension, and fail if it has none. */
const CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG = 0x2;
/** The uses that were left to it in the store; none if "all purposes" were disabled. */
const CERT_ENHKEY_USAGE_PROP_ID = 9;
/** Since when Microsoft distrusts it, and for which uses; for all if that is absent. */
const CERT_DISALLOWED_FILETIME_PROP_ID = 104;
const CERT_DISALLOWED_ENHKEY_USAGE_PROP_ID = 122;

const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
const ANY_USE = "2.5.29.37.0";
/** The two as they are encoded in properties. */
const ENCODED_SERVER_AUTHENTICATION = "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";
const ENCODED_ANY_USE = "\x06\x04\x55\x1d\x25\x00";
/** Fields of CERT_ENHKEY_USAGE: a count, and where the texts are. */
const USAGES_OFFSET = 8;
const POINTER_BYTES = 8;
/** A FILETIME counts 100 ns from 1601 on. */
const FILETIME_OF_1970 = 116_444_736_000_000_000n;
const FILETIMES_A_MILLISECOND = 10_000n;

/** Whether Windows lets the certificate vouch for servers: by its own extension, and by what was set in the store. */
export function serverUse(certificate: Deno.PointerObject, now: number): boolean {
  const own = ownUses(certificate);
  if (own !== undefined && !own.includes(SERVER_AUTHENTICATION) && !own.includes(ANY_USE)) return false;
  const left = certificateProperty(certificate, CERT_ENHKEY_USAGE_PROP_ID);
  if (left !== undefined && !names(left, ENCODED_SERVER_AUTHENTICATION) && !names(left, ENCODED_ANY_USE)) {
    return false;
  }
  const since = certificateProperty(certificate, CERT_DISALLOWED_FILETIME_PROP_ID);
  if (since === undefined || since.length < 8) return true;
  const fileTime = new DataView(since.buffer).getBigUint64(0, true);
  if (Number((fileTime - FILETIME_OF_1970) / FILETIMES_A_MILLISECOND) > now) return true;
  const uses = certificateProperty(certificate, CERT_DISALLOWED_ENHKEY_USAGE_PROP_ID);
  return uses !== undefined && !names(uses, ENCODED_SERVER_AUTHENTICATION);
}

/** Whether an encoded list of uses has this one. */
function names(uses: Uint8Array, use: string): boolean {
  return new TextDecoder("latin1").decode(uses).includes(use);
}

/** What the certificate limits itself to; `undefined` if it does not. */
function ownUses(certificate: Deno.PointerObject): string[] | undefined {
  const flag = CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG;
  const size = new Uint32Array(1);
  const { CertGetEnhancedKeyUsage } = crypt32();
  if (CertGetEnhancedKeyUsage(certificate, flag, null, new Uint8Array(size.buffer)) === 0) return undefined;
  const bytes = new Uint8Array(size[0]!);
  if (CertGetEnhancedKeyUsage(certificate, flag, bytes, new Uint8Array(size.buffer)) === 0) return undefined;
  const usage = new DataView(bytes.buffer);
  const count = bytes.length < USAGES_OFFSET + POINTER_BYTES ? 0 : usage.getUint32(0, true);
  const uses: string[] = [];
  if (count === 0) return uses;
  const texts = new Deno.UnsafePointerView(
    Deno.UnsafePointer.create(usage.getBigUint64(USAGES_OFFSET, true))!,
  );
  for (let index = 0; index < count; index++) {
    const text = texts.getPointer(index * POINTER_BYTES);
    if (text !== null) uses.push(Deno.UnsafePointerView.getCString(text));
  }
  return uses;
}

/** The bytes of a property; `undefined` if the certificate has none. */
function certificateProperty(
  certificate: Deno.PointerObject,
  id: number,
): Uint8Array<ArrayBuffer> | undefined {
  const size = new Uint32Array(1);
  const { CertGetCertificateContextProperty } = crypt32();
  if (CertGetCertificateContextProperty(certificate, id, null, new Uint8Array(size.buffer)) === 0) {
    return undefined;
  }
  const bytes = new Uint8Array(size[0]!);
  const found = CertGetCertificateContextProperty(certificate, id, bytes, new Uint8Array(size.buffer));
  return found === 0 ? undefined : bytes;
}
