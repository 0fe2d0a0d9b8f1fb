/** What Windows knows of one certificate beyond its bytes: users and administrators limit what it is good for. */
import { crypt32 } from "./crypt32.ts";

/** Where CertGetEnhancedKeyUsage is to look; it fails if there is nothing. */
const CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG = 0x2;
const CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG = 0x4;
/** Since when Microsoft distrusts it, and for which uses; for all if that is absent. */
const CERT_DISALLOWED_FILETIME_PROP_ID = 104;
const CERT_DISALLOWED_ENHKEY_USAGE_PROP_ID = 122;

const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
const ANY_USE = "2.5.29.37.0";
/** {@linkcode SERVER_AUTHENTICATION} as it is encoded: `06 08 2b 06 01 05 05 07 03 01`. */
const ENCODED_SERVER_AUTHENTICATION = "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";
/** Fields of CERT_ENHKEY_USAGE: a count, and where the texts are. */
const USAGES_OFFSET = 8;
const POINTER_BYTES = 8;
/** A FILETIME counts 100 ns from 1601 on. */
const FILETIME_OF_1970 = 116_444_736_000_000_000n;
const FILETIMES_A_MILLISECOND = 10_000n;

/** Whether Windows lets the certificate vouch for servers: by its own extension, and by what was set in the store. */
export function serverUse(certificate: Deno.PointerObject, now: number): boolean {
  for (const flag of [CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG, CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG]) {
    const uses = usesOf(certificate, flag);
    if (uses !== undefined && !uses.includes(SERVER_AUTHENTICATION) && !uses.includes(ANY_USE)) return false;
  }
  const since = certificateProperty(certificate, CERT_DISALLOWED_FILETIME_PROP_ID);
  if (since === undefined || since.length < 8) return true;
  const fileTime = new DataView(since.buffer).getBigUint64(0, true);
  if (Number((fileTime - FILETIME_OF_1970) / FILETIMES_A_MILLISECOND) > now) return true;
  const uses = certificateProperty(certificate, CERT_DISALLOWED_ENHKEY_USAGE_PROP_ID);
  return uses !== undefined && !String.fromCharCode(...uses).includes(ENCODED_SERVER_AUTHENTICATION);
}

/** What the certificate is limited to; `undefined` if it is not limited there. */
function usesOf(certificate: Deno.PointerObject, flag: number): string[] | undefined {
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
