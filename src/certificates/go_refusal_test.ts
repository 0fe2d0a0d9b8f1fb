import assert from "node:assert/strict";
import * as certificates from "../../tests/fakes/certificates.ts";
import { certificateName, parseCertificate } from "./certificate.ts";
import { goRefusal, isNegative } from "./go_refusal.ts";
import { parsePem } from "./pem.ts";

/** A certificate with the bytes of `text` replaced, which no signature prevents: a parser looks at none. */
function changed(pem: string, text: string, replacement: string): string | undefined {
  const der = parsePem(pem)[0]!.der!;
  const latin1 = Array.from(der, (byte) => String.fromCharCode(byte)).join("");
  assert.ok(latin1.includes(text));
  const bytes = Uint8Array.from(latin1.replaceAll(text, replacement), (letter) => letter.charCodeAt(0));
  const certificate = parseCertificate(bytes);
  return certificate === undefined ? "not a certificate" : goRefusal(certificate);
}

function certificateOf(pem: string) {
  return parseCertificate(parsePem(pem)[0]!.der!)!;
}

Deno.test("goRefusal() has nothing against certificates that Go parses", () => {
  for (const pem of [certificates.ROOT, certificates.INTERMEDIATE, certificates.EXPIRED]) {
    assert.equal(goRefusal(certificateOf(pem)), undefined);
  }
});

Deno.test("goRefusal() accepts a negative serial number, as dockerd is set to", () => {
  const certificate = certificateOf(certificates.NEGATIVE);
  assert.ok(isNegative(certificate.serial));
  assert.equal(goRefusal(certificate), undefined);
});

Deno.test("goRefusal() names what Go refuses", () => {
  assert.equal(
    goRefusal(certificateOf(certificates.ODD_CURVE)),
    "its key is on an elliptic curve that Go does not have",
  );
  const { ROOT } = certificates;
  assert.equal(
    changed(ROOT, "Example Root", "Example@Root"),
    "a name in it has characters that its type of text may not have",
  );
  // Months have two digits, up to 12.
  assert.equal(
    changed(ROOT, "\x18\x0f2126", "\x18\x0f2126".replace("2126", "2X26")),
    "its dates are not well formed",
  );
  // The identifier of the key and the basic constraints, by their object identifiers.
  assert.equal(changed(ROOT, "\x55\x1d\x0e", "\x55\x1d\x13"), "it has the same extension twice");
  assert.equal(
    changed(ROOT, "\x02\x01\x02\x02\x01\x01", "\x02\x01\x04\x02\x01\x01"),
    "it has the version 5, which does not exist",
  );
  assert.equal(changed(ROOT, "\x30\x82", "\x30\x80"), "not a certificate");
});

Deno.test("certificateName() is what users know it by", () => {
  assert.equal(certificateName(certificateOf(certificates.ROOT)), "Example Root");
});
