/** Runs inside deno.exe: puts certificates into the stores of Windows, as programs and administrators do. */
import assert from "node:assert/strict";
import { parsePem } from "../../../src/certificates/pem.ts";
import { wideText } from "../../../src/platform/windows/registry/registry_values.ts";

const { symbols: crypt32 } = Deno.dlopen("crypt32.dll", {
  CertOpenStore: { parameters: ["usize", "u32", "usize", "u32", "buffer"], result: "pointer" },
  CertCloseStore: { parameters: ["pointer", "u32"], result: "i32" },
  CertCreateCertificateContext: { parameters: ["u32", "buffer", "u32"], result: "pointer" },
  CertAddCertificateContextToStore: { parameters: ["pointer", "pointer", "u32", "buffer"], result: "i32" },
  CertAddEnhancedKeyUsageIdentifier: { parameters: ["pointer", "buffer"], result: "i32" },
  CertSetEnhancedKeyUsage: { parameters: ["pointer", "buffer"], result: "i32" },
  CertControlStore: { parameters: ["pointer", "u32", "u32", "pointer"], result: "i32" },
  CertDeleteCertificateFromStore: { parameters: ["pointer"], result: "i32" },
});

const CERT_STORE_PROV_SYSTEM_W = 10n;
const CERT_STORE_CTRL_COMMIT = 3;
const X509_ASN_ENCODING = 1;
const CERT_STORE_ADD_REPLACE_EXISTING = 3;
export const CURRENT_USER = 1 << 16;
export const LOCAL_MACHINE = 2 << 16;

/** A certificate in a store. */
export interface Placed {
  remove(): void;
}

/** Puts a certificate into a store, as `limited` has changed it before. */
export function place(store: string, location: number, pem: string, limited?: Limit): Placed {
  const opened = crypt32.CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0n, location, wideText(store));
  assert.ok(opened !== null, `no store ${store}`);
  // Windows writes each change at once, Wine when it is asked to.
  const commit = () => {
    assert.notEqual(crypt32.CertControlStore(opened, 0, CERT_STORE_CTRL_COMMIT, null), 0);
  };
  const der = parsePem(pem)[0]!.der!;
  const certificate = crypt32.CertCreateCertificateContext(X509_ASN_ENCODING, der, der.length);
  assert.ok(certificate !== null);
  limited?.(certificate);
  const handle = new BigUint64Array(1);
  const added = crypt32.CertAddCertificateContextToStore(
    opened,
    certificate,
    CERT_STORE_ADD_REPLACE_EXISTING,
    new Uint8Array(handle.buffer),
  );
  assert.notEqual(added, 0, `cannot add to ${store}`);
  commit();
  return {
    remove() {
      assert.notEqual(crypt32.CertDeleteCertificateFromStore(Deno.UnsafePointer.create(handle[0]!)), 0);
      commit();
      crypt32.CertCloseStore(opened, 0);
    },
  };
}

export type Limit = (certificate: Deno.PointerObject) => void;

/** Leaves these uses to a certificate; without any, as the dialog of Windows with "disable all purposes". */
export function limitedTo(...uses: readonly string[]): Limit {
  return (certificate) => {
    assert.notEqual(crypt32.CertSetEnhancedKeyUsage(certificate, new Uint8Array(16)), 0);
    for (const use of uses) {
      const text = new Uint8Array([...new TextEncoder().encode(use), 0]);
      assert.notEqual(crypt32.CertAddEnhancedKeyUsageIdentifier(certificate, text), 0);
    }
  };
}
