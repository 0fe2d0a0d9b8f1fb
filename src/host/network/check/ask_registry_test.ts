import assert from "node:assert/strict";
import { parseAnswer } from "./ask_registry.ts";

for (
  const [head, status, isRegistry] of [
    ["HTTP/1.1 200 OK\r\nDocker-Distribution-Api-Version: registry/2.0", 200, true],
    ['HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="https://auth.example"', 401, true],
    ["HTTP/1.0 200\r\nServer: x", 200, false],
    ["HTTP/1.1 404 Not Found", 404, false],
  ] as const
) {
  Deno.test(`parseAnswer() reads '${head.split("\r\n", 1)[0]}'${isRegistry ? " of a registry" : ""}`, () => {
    assert.deepEqual(parseAnswer(head), { status, isRegistry });
  });
}

Deno.test("parseAnswer() refuses what is not HTTP", () => {
  assert.equal(parseAnswer(""), "the connection was closed without an answer");
  for (const head of ["SSH-2.0-x", "HTTP/2 200", "HTTP/1.1 20"]) {
    assert.equal(parseAnswer(head), "the answer is not HTTP");
  }
});
