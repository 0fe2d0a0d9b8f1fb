/**
 * Runs inside deno.exe: puts certificates into the stores of Windows, as programs and administrators do, and reads what the
 * product makes of them. Prints `ok` at the end; a failure ends it with another exit code than 0.
 */
import assert from "node:assert/strict";
import { trustReport } from "../../../src/certificates/trusted_certificates.ts";
import { MachineTrust } from "../../../src/certificates/machine_trust.ts";
import { parsePem } from "../../../src/certificates/pem.ts";
import { readCertificateStores } from "../../../src/platform/this_certificate_stores.ts";
import { wideText } from "../../../src/platform/windows/registry/registry_values.ts";
import {
  INTERMEDIATE,
  NEGATIVE,
  ODD_CURVE,
  ROOT,
  SECOND_INTERMEDIATE,
  STRAY_INTERMEDIATE,
} from "../../fakes/certificates.ts";

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
const CURRENT_USER = 1 << 16;
const LOCAL_MACHINE = 2 << 16;
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

/** A certificate in a store. */
interface Placed {
  remove(): void;
}

/** Puts a certificate into a store, as `limited` has changed it before. */
function place(store: string, location: number, pem: string, limited?: Limit): Placed {
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

type Limit = (certificate: Deno.PointerObject) => void;

/** Leaves these uses to a certificate; without any, as the dialog of Windows with "disable all purposes". */
function limitedTo(...uses: readonly string[]): Limit {
  return (certificate) => {
    assert.notEqual(crypt32.CertSetEnhancedKeyUsage(certificate, new Uint8Array(16)), 0);
    for (const use of uses) {
      const text = new Uint8Array([...new TextEncoder().encode(use), 0]);
      assert.notEqual(crypt32.CertAddEnhancedKeyUsageIdentifier(certificate, text), 0);
    }
  };
}

/** Which certificates of the tests are trusted now. */
async function trusted(): Promise<string[]> {
  const named = { ROOT, INTERMEDIATE, SECOND_INTERMEDIATE, STRAY_INTERMEDIATE, NEGATIVE };
  const { certificates } = await new MachineTrust().current();
  return Object.entries(named).filter(([, pem]) => certificates.includes(pem)).map(([name]) => name);
}

const before = await trustReport();
assert.equal(before.problem, undefined);
assert.ok(before.certificates.length > 50, `the roots of Windows: ${before.certificates.length}`);
assert.deepEqual(await trusted(), []);
const count = (name: string) => before.stores.find((store) => store.name === name)?.count ?? 0;
assert.ok(count("ROOT of the local machine") + count("ROOT of the current user") > 50);

const root = place("ROOT", CURRENT_USER, ROOT);
const others = [
  place("CA", CURRENT_USER, SECOND_INTERMEDIATE),
  place("CA", LOCAL_MACHINE, INTERMEDIATE),
  place("CA", CURRENT_USER, STRAY_INTERMEDIATE),
];
assert.deepEqual(await trusted(), ["ROOT", "INTERMEDIATE", "SECOND_INTERMEDIATE"]);

const disallowed = place("Disallowed", CURRENT_USER, INTERMEDIATE);
assert.deepEqual(await trusted(), ["ROOT"]);
disallowed.remove();
assert.deepEqual(await trusted(), ["ROOT", "INTERMEDIATE", "SECOND_INTERMEDIATE"]);

root.remove();
for (
  const [uses, expected] of [
    [[CODE_SIGNING], []],
    [[CODE_SIGNING, SERVER_AUTHENTICATION], ["ROOT", "INTERMEDIATE", "SECOND_INTERMEDIATE"]],
    [[], []],
  ]
) {
  const limited = place("ROOT", CURRENT_USER, ROOT, limitedTo(...uses!));
  assert.deepEqual(await trusted(), expected, `limited to ${uses}`);
  limited.remove();
}
for (const other of others) other.remove();

const people = place("TrustedPeople", LOCAL_MACHINE, NEGATIVE);
const own = place("TrustedPeople", CURRENT_USER, ROOT);
assert.deepEqual(await trusted(), ["NEGATIVE"]);
people.remove();
own.remove();

const odd = place("ROOT", CURRENT_USER, ODD_CURVE);
const { refused } = await new MachineTrust().current();
assert.deepEqual(refused.map(({ name, reason }) => ({ name, reason })), [{
  name: "Odd Curve",
  reason: "its key is on an elliptic curve that Go does not have",
}]);
odd.remove();
assert.deepEqual(await trusted(), []);

const started = performance.now();
await readCertificateStores();
console.error(`one read of all stores: ${Math.round(performance.now() - started)} ms`);
console.log("ok");
