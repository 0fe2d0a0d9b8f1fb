import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { askRegistry, parseAnswer } from "./ask_registry.ts";

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

for (const size of [1, 2, 3, 1_000]) {
  Deno.test(`askRegistry() reads an answer in pieces of ${size} bytes`, async () => {
    const stream = new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() });
    const answered = askRegistry(stream, "registry.example.com", new AbortController().signal);
    const answer = `HTTP/1.1 200 OK\r\nDocker-Distribution-Api-Version: registry/2.0\r\n\r\n{}`;
    for (let start = 0; start < answer.length; start += size) stream.push(answer.slice(start, start + size));
    assert.deepEqual(await answered, { status: 200, isRegistry: true });
  });
}
