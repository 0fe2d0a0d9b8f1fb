import assert from "node:assert/strict";
import { asksForUpgrade, fieldsOfAnswer, fieldsOfRequest } from "./forwarded_fields.ts";
import type { Framing } from "./message_body.ts";
import type { Field } from "./message_head.ts";

function request(fields: readonly Field[], framing: Framing = 0, authorization?: string): Field[] {
  const head = { method: "GET", target: "/", minor: 1, fields } as const;
  const upgrades = asksForUpgrade(head);
  return fieldsOfRequest(head, { authority: "a.example", framing, upgrades, authorization });
}

function answer(status: number, fields: readonly Field[], framing: Framing, keeps = true): Field[] {
  return fieldsOfAnswer({ status, reason: "", minor: 1, fields }, { framing, keeps });
}

Deno.test("fieldsOfRequest() leaves out what belongs to the client's connection, and what that names", () => {
  const fields: Field[] = [
    ["Host", "b.example"],
    ["X-Kept", "1"],
    ["Connection", "X-Named, keep-alive, Host, Authorization"],
    ["X-Named", "2"],
    ["Authorization", "Basic x"],
    ["Proxy-Authorization", "Basic y"],
    ["Proxy-Connection", "keep-alive"],
    ["Keep-Alive", "5"],
    ["TE", "trailers"],
    ["Upgrade", "h2c"],
  ];
  assert.deepEqual(request(fields), [
    ["Host", "a.example"],
    ["X-Kept", "1"],
    ["Authorization", "Basic x"],
    ["Connection", "keep-alive"],
  ]);
});

Deno.test("fieldsOfRequest() says how the body ends, once", () => {
  const named: Field[] = [["Connection", "content-length"], ["Content-Length", "5"]];
  assert.deepEqual(request(named, 5), [["Host", "a.example"], ["Content-Length", "5"], [
    "Connection",
    "keep-alive",
  ]]);
  assert.deepEqual(request([["Content-Length", "0"]]).at(1), ["Content-Length", "0"]);
  assert.deepEqual(request([["Transfer-Encoding", "chunked"]], "chunked").at(1), [
    "Transfer-Encoding",
    "chunked",
  ]);
});

Deno.test("fieldsOfRequest() signs in to a proxy", () => {
  assert.deepEqual(request([], 0, "Basic z").at(1), ["Proxy-Authorization", "Basic z"]);
});

Deno.test("fieldsOfRequest() asks for a WebSocket, and for no other protocol", () => {
  const upgrade = (protocol: string): Field[] => [["Connection", "Upgrade"], ["Upgrade", protocol]];
  assert.deepEqual(request(upgrade("WebSocket")).slice(1), [["Connection", "Upgrade"], [
    "Upgrade",
    "websocket",
  ]]);
  assert.deepEqual(request(upgrade("h2c")).slice(1), [["Connection", "keep-alive"]]);
});

Deno.test("fieldsOfAnswer() leaves out what belongs to the server's connection", () => {
  const fields: Field[] = [
    ["Set-Cookie", "a"],
    ["set-cookie", "b"],
    ["Connection", "close, x-named"],
    ["X-Named", "1"],
    ["Proxy-Authenticate", "Basic"],
    ["Content-Length", "5"],
    ["Transfer-Encoding", "chunked"],
  ];
  assert.deepEqual(answer(200, fields, "chunked", true), [
    ["Set-Cookie", "a"],
    ["set-cookie", "b"],
    ["Transfer-Encoding", "chunked"],
    ["Connection", "keep-alive"],
  ]);
  assert.deepEqual(answer(200, fields, "close", false).slice(2), [["Connection", "close"]]);
});

Deno.test("fieldsOfAnswer() keeps the length that an answer to HEAD says", () => {
  assert.deepEqual(answer(200, [["Content-Length", "5"]], 0).at(0), ["Content-Length", "5"]);
  assert.deepEqual(answer(204, [["Content-Length", "5"]], 0), [["Connection", "keep-alive"]]);
});

Deno.test("fieldsOfAnswer() says nothing of the connection in a head before the answer", () => {
  assert.deepEqual(answer(103, [["Link", "x"], ["Connection", "close"]], 0), [["Link", "x"]]);
});
