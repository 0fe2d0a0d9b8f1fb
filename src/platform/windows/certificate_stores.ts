import { WindlassError } from "../../errors/windlass_error.ts";
import type { CertificateStore } from "../certificate_store.ts";
import { serverUse } from "./certificate_context.ts";
import { crypt32 } from "./crypt32.ts";
import { wideText } from "./registry/registry_values.ts";

/** Where stores are, each a flag of CertOpenStore. */
const LOCATIONS = {
  "the current user": 1 << 16,
  "the local machine": 2 << 16,
  "the current user's group policy": 7 << 16,
  "the local machine's group policy": 8 << 16,
  "the enterprise": 9 << 16,
} as const;

type Location = keyof typeof LOCATIONS;

const EVERYWHERE = Object.keys(LOCATIONS) as Location[];

/** The stores, as Node reads them, and what is disallowed. */
const STORES: readonly {
  readonly name: string;
  readonly purpose: CertificateStore["purpose"];
  readonly locations: readonly Location[];
}[] = [
  { name: "ROOT", purpose: "trusted", locations: EVERYWHERE },
  { name: "CA", purpose: "intermediate", locations: EVERYWHERE },
  {
    name: "TrustedPeople",
    purpose: "trusted",
    // Certificates of servers themselves: a user's own store is for mail.
    locations: ["the local machine", "the local machine's group policy", "the enterprise"],
  },
  { name: "Disallowed", purpose: "disallowed", locations: EVERYWHERE },
];

const CERT_STORE_PROV_SYSTEM_W = 10n;
const CERT_STORE_OPEN_EXISTING_FLAG = 0x4000;
const CERT_STORE_READONLY_FLAG = 0x8000;
/** Fields of CERT_CONTEXT. */
const ENCODED_OFFSET = 8;
const ENCODED_LENGTH_OFFSET = 16;
/** A store of a machine that is well has some hundred; one without an end would hold the host. */
const STORE_CERTIFICATES = 5_000;

/** An opened store; disposing it closes it. */
interface OpenStore extends Disposable {
  readonly handle: Deno.PointerObject;
}

/**
 * Every store that exists, without the certificates that Windows itself does not accept for servers.
 *
 * @throws {WindlassError} `WL_CERTIFICATES_UNREADABLE` if Windows opens none.
 */
export function readCertificateStoresOnWindows(now = Date.now()): readonly CertificateStore[] {
  const stores: CertificateStore[] = [];
  for (const { name, purpose, locations } of STORES) {
    for (const location of locations) {
      using store = openStore(name, location);
      if (store === undefined) continue;
      const isWanted = (certificate: Deno.PointerObject) =>
        purpose === "disallowed" || serverUse(certificate, now);
      stores.push({ name: `${name} of ${location}`, purpose, pem: readStore(store, isWanted) });
    }
  }
  if (stores.length > 0) return stores;
  throw new WindlassError(
    "WL_CERTIFICATES_UNREADABLE",
    "Cannot read the certificates of this machine: Windows opens none of its stores",
  );
}

/** `undefined` if there is no such store, which is common for those of policies. */
function openStore(name: string, location: Location): OpenStore | undefined {
  const flags = LOCATIONS[location] | CERT_STORE_OPEN_EXISTING_FLAG | CERT_STORE_READONLY_FLAG;
  const handle = crypt32().CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0n, flags, wideText(name));
  if (handle === null) return undefined;
  return { handle, [Symbol.dispose]: () => void crypt32().CertCloseStore(handle, 0) };
}

function readStore(store: OpenStore, isWanted: (certificate: Deno.PointerObject) => boolean): string {
  let pem = "";
  let count = 0;
  // Each call frees the certificate that it is given; the last one has none left to free.
  let certificate = crypt32().CertEnumCertificatesInStore(store.handle, null);
  try {
    while (certificate !== null && count++ < STORE_CERTIFICATES) {
      if (isWanted(certificate)) pem += pemOf(certificate);
      certificate = crypt32().CertEnumCertificatesInStore(store.handle, certificate);
    }
  } finally {
    if (certificate !== null) crypt32().CertFreeCertificateContext(certificate);
  }
  return pem;
}

function pemOf(certificate: Deno.PointerObject): string {
  const context = new Deno.UnsafePointerView(certificate);
  const encoded = context.getPointer(ENCODED_OFFSET);
  if (encoded === null) return "";
  const bytes = new Uint8Array(context.getUint32(ENCODED_LENGTH_OFFSET));
  new Deno.UnsafePointerView(encoded).copyInto(bytes);
  return `-----BEGIN CERTIFICATE-----\n${bytes.toBase64()}\n-----END CERTIFICATE-----\n`;
}
