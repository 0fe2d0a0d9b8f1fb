import assert from "node:assert/strict";
import { formatApiAddress, parseApiAddress } from "./api_address.ts";

const ADDRESS = { url: "http://127.0.0.1:49213", token: "0a".repeat(32), pid: 42 };

Deno.test("parseApiAddress() reads what formatApiAddress() writes", () => {
  assert.deepEqual(parseApiAddress(formatApiAddress(ADDRESS), "/h/api.json"), ADDRESS);
});

for (
  const [what, text] of [
    ["no JSON", "{"],
    ["null", "null"],
    ["a token that is too short", JSON.stringify({ ...ADDRESS, token: "0a" })],
    ["another machine", JSON.stringify({ ...ADDRESS, url: "http://192.0.2.1:80" })],
    [
      "a name that only begins like the address",
      JSON.stringify({ ...ADDRESS, url: "http://127.0.0.1:80.evil.test" }),
    ],
    [
      "user information before the address",
      JSON.stringify({ ...ADDRESS, url: "http://127.0.0.1:80@evil.test" }),
    ],
    ["no process id", JSON.stringify({ ...ADDRESS, pid: "42" })],
  ] as const
) {
  Deno.test(`parseApiAddress() refuses ${what}`, () => {
    assert.throws(() => parseApiAddress(text, "/h/api.json"), {
      code: "WL_HOST_NOT_RUNNING",
      message: "Cannot reach the host: /h/api.json holds no address",
    });
  });
}
