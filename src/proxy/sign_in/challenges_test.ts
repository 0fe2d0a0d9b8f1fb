import assert from "node:assert/strict";
import fc from "fast-check";
import { parseChallenges } from "./challenges.ts";

Deno.test("parseChallenges() reads several headers, and several challenges in one", () => {
  assert.deepEqual(parseChallenges(["Negotiate", "NTLM", 'Basic realm="proxy"']), [
    { scheme: "negotiate" },
    { scheme: "ntlm" },
    { scheme: "basic" },
  ]);
  assert.deepEqual(
    parseChallenges([
      'Digest realm="a, NTLM", nonce="x\\", Basic", qop = "auth", Basic realm="b",  NEGOTIATE',
    ]),
    [{ scheme: "digest" }, { scheme: "basic" }, { scheme: "negotiate" }],
  );
});

Deno.test("parseChallenges() reads the token of an exchange", () => {
  assert.deepEqual(parseChallenges(["NTLM TlRMTVNTUAAC+/==", "Negotiate  YII= ", 'Basic realm="NTLM abc"']), [
    { scheme: "ntlm", token: "TlRMTVNTUAAC+/==" },
    { scheme: "negotiate", token: "YII=" },
    { scheme: "basic" },
  ]);
});

Deno.test("parseChallenges() leaves out anything else", () => {
  for (const junk of ["", ",,,", "=", 'realm="x"', "realm = x", "a/b c", "\u0000", "ä"]) {
    assert.deepEqual(parseChallenges([junk]), [], junk);
  }
  assert.deepEqual(parseChallenges(['"NTLM', "Basic"]), [{ scheme: "basic" }]);
  assert.equal(parseChallenges([Array(10_000).fill("NTLM").join(",")]).length, 20);
});

Deno.test("parseChallenges() takes any text", () => {
  const texts = fc.array(fc.oneof(fc.string(), fc.constantFrom('"', ",", "\\", "NTLM ", "=", "Basic")));
  fc.assert(fc.property(texts, (parts) => {
    for (const { scheme } of parseChallenges([parts.join("")])) assert.match(scheme, /^[a-z0-9_-]{1,40}$/);
  }));
});
