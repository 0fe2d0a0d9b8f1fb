import assert from "node:assert/strict";
import type { CertificateStore } from "../platform/certificate_store.ts";
import {
  EXPIRED,
  INTERMEDIATE,
  NEGATIVE,
  ODD_CURVE,
  ROOT,
  SECOND_INTERMEDIATE,
  STRAY_INTERMEDIATE,
} from "../../tests/fakes/certificates.ts";
import { chooseCertificates } from "./choose_certificates.ts";
import { isSignedBy } from "./is_signed_by.ts";

const NOW = Date.UTC(2027, 0, 1);

function store(name: string, purpose: CertificateStore["purpose"], ...pem: string[]): CertificateStore {
  return { name, purpose, pem: pem.join("") };
}

function choose(...stores: CertificateStore[]) {
  return chooseCertificates(stores, NOW, isSignedBy);
}

Deno.test("chooseCertificates() leaves out duplicates and those that have expired", () => {
  const chosen = choose(store("user", "trusted", ROOT, EXPIRED), store("machine", "trusted", NEGATIVE, ROOT));
  assert.deepEqual(chosen, {
    certificates: [ROOT, NEGATIVE].sort(),
    stores: [{ name: "user", count: 1 }, { name: "machine", count: 1 }],
    refused: [],
  });
});

Deno.test("chooseCertificates() honours what is disallowed, in whichever store it is trusted", () => {
  const chosen = choose(store("user", "trusted", ROOT, NEGATIVE), store("Disallowed", "disallowed", ROOT));
  assert.deepEqual(chosen.certificates, [NEGATIVE]);
  assert.deepEqual(chosen.stores, [{ name: "user", count: 1 }]);
});

Deno.test("chooseCertificates() takes the intermediate ones that a trusted one has signed, in any order", () => {
  const { certificates } = choose(
    store("CA", "intermediate", SECOND_INTERMEDIATE, INTERMEDIATE, STRAY_INTERMEDIATE),
    store("ROOT", "trusted", ROOT),
  );
  assert.deepEqual(certificates, [ROOT, INTERMEDIATE, SECOND_INTERMEDIATE].sort());
});

Deno.test("chooseCertificates() takes no intermediate one without its root, nor a root from that store", () => {
  const { certificates } = choose(
    store("CA", "intermediate", INTERMEDIATE, NEGATIVE),
    store("ROOT", "trusted"),
  );
  assert.deepEqual(certificates, []);
});

Deno.test("chooseCertificates() takes no intermediate one whose issuer is disallowed", () => {
  const { certificates } = choose(
    store("CA", "intermediate", INTERMEDIATE),
    store("ROOT", "trusted", ROOT),
    store("Disallowed", "disallowed", ROOT),
  );
  assert.deepEqual(certificates, []);
});

Deno.test("chooseCertificates() says what cannot be used, and keeps the others", () => {
  const damaged = ROOT.replace("MII", "MAA");
  const { certificates, refused } = choose(store("ROOT", "trusted", ODD_CURVE, damaged, ROOT));
  assert.deepEqual(certificates, [ROOT]);
  assert.deepEqual(refused, [
    { name: "Odd Curve", store: "ROOT", reason: "its key is on an elliptic curve that Go does not have" },
    { name: "a certificate", store: "ROOT", reason: "it is damaged" },
  ]);
});
