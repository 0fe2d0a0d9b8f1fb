import assert from "node:assert/strict";
import { INTERMEDIATE, ROOT } from "../../tests/fakes/certificates.ts";
import { formatPem, parsePem } from "./pem.ts";

Deno.test("parsePem() reads what formatPem() writes, whatever is between them", () => {
  const blocks = parsePem(`# Example\r\n${ROOT.replaceAll("\n", "\r\n")}text\n${INTERMEDIATE}`);
  assert.deepEqual(blocks.map(({ der }) => formatPem(der!)), [ROOT, INTERMEDIATE]);
});

Deno.test("parsePem() reports a block that cannot be decoded, and reads the others", () => {
  const begin = "-----BEGIN CERTIFICATE-----\n";
  const text = `${begin}AQ\n${ROOT}${begin}@@@@\n-----END CERTIFICATE-----\n${INTERMEDIATE}${begin}AQID`;
  const blocks = parsePem(text);
  assert.deepEqual(
    blocks.map(({ der }) => der === undefined ? "damaged" : formatPem(der)),
    ["damaged", ROOT, "damaged", INTERMEDIATE, "damaged"],
  );
});

Deno.test("parsePem() takes a text of beginnings alone in one pass", () => {
  assert.equal(
    parsePem("-----BEGIN CERTIFICATE-----".repeat(100_000) + "-----END CERTIFICATE-----").length,
    100_000,
  );
});
