import assert from "node:assert/strict";
import { challengeMessage, messageType, namedAccount, proves } from "./ntlm_messages.ts";

/** Message 3 of a client with these fields; all but them is zero. */
function answer(response: Uint8Array, domain: string, user: string): Uint8Array<ArrayBuffer> {
  const parts = [response, utf16(domain), utf16(user)];
  const message = new Uint8Array(64 + parts.reduce((sum, part) => sum + part.length, 0));
  const view = new DataView(message.buffer);
  message.set(new TextEncoder().encode("NTLMSSP\0"));
  view.setUint32(8, 3, true);
  let offset = 64;
  for (const [index, at] of [20, 28, 36].entries()) {
    view.setUint16(at, parts[index]!.length, true);
    view.setUint32(at + 4, offset, true);
    message.set(parts[index]!, offset);
    offset += parts[index]!.length;
  }
  return message;
}

function utf16(text: string): Uint8Array {
  return new Uint8Array(Uint16Array.from(text, (_, at) => text.charCodeAt(at)).buffer);
}

// The example of MS-NLMP, section 4.2.4: user "User" of "Domain" with "Password".
const CHALLENGE = Uint8Array.fromHex("0123456789abcdef");
const BLOB = "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000" +
  "02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000";
const PROOF = "68cd0ab851e51c96aabc927bebef6a1c";
const USER = { domain: "Domain", user: "User", hash: "a4f49c406510bdcab6824ee7c30fd852" };

Deno.test("proves() takes the example of the specification, and nothing else", () => {
  const right = answer(Uint8Array.fromHex(PROOF + BLOB), "Domain", "User");
  assert.deepEqual(namedAccount(right), { domain: "Domain", user: "User" });
  assert.equal(proves(right, CHALLENGE, USER), true);
  assert.equal(proves(right, Uint8Array.fromHex("0123456789abcdee"), USER), false);
  assert.equal(proves(right, CHALLENGE, { ...USER, hash: USER.hash.replace("a4", "a5") }), false);
  assert.equal(proves(right, CHALLENGE, { ...USER, user: "joe" }), false);
  assert.equal(proves(answer(new Uint8Array(24), "Domain", "User"), CHALLENGE, USER), false);
});

Deno.test("messageType() knows messages from other tokens", () => {
  assert.equal(messageType(challengeMessage(CHALLENGE, "CORP")), 2);
  assert.equal(messageType(answer(new Uint8Array(0), "", "")), 3);
  assert.equal(messageType(new TextEncoder().encode("NTLMSSP")), undefined);
  assert.equal(messageType(new Uint8Array(40)), undefined);
});
