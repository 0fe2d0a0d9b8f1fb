import assert from "node:assert/strict";
import type { RequestHead } from "./message_head.ts";
import { readWish } from "./request_target.ts";

function wish(method: string, target: string, fields: RequestHead["fields"] = []) {
  return readWish({ method, target, minor: 1, fields });
}

Deno.test("readWish() takes the target of the first line, not the Host header", () => {
  assert.deepEqual(wish("GET", "http://User:pass@A.Example:8080/x?y=1#z", [["Host", "b.example"]]), {
    kind: "forward",
    target: { scheme: "http", hostname: "a.example", port: 8080 },
    path: "/x?y=1",
    authority: "a.example:8080",
  });
  assert.deepEqual(wish("GET", "HTTP://a?q"), {
    kind: "forward",
    target: { scheme: "http", hostname: "a", port: 80 },
    path: "/?q",
    authority: "a",
  });
});

Deno.test("readWish() of CONNECT is a tunnel, to any port", () => {
  for (
    const [text, hostname, port] of [
      ["registry-1.docker.io:443", "registry-1.docker.io", 443],
      ["[2001:DB8::1]:22", "2001:db8::1", 22],
      ["under_score.example.:8443", "under_score.example", 8443],
    ] as const
  ) {
    assert.deepEqual(wish("CONNECT", text), { kind: "tunnel", target: { scheme: "https", hostname, port } });
  }
});

Deno.test("readWish() writes a host in one way only", () => {
  const hosts = {
    "2130706433": "127.0.0.1",
    "0x7f.1": "127.0.0.1",
    "0177.0.0.1": "127.0.0.1",
    "127.0.0.1.": "127.0.0.1",
    "0": "0.0.0.0",
    "LOCALHOST.": "localhost",
    "[::ffff:127.0.0.1]": "::ffff:7f00:1",
    "b\xc3\xbccher.example": "xn--bcher-kva.example",
    "%6cocalhost": "localhost",
  };
  for (const [host, hostname] of Object.entries(hosts)) {
    const found = wish("CONNECT", `${host}:80`);
    assert.equal(found.kind === "tunnel" && found.target.hostname, hostname, host);
  }
});

Deno.test("readWish() knows requests for the proxy itself", () => {
  assert.deepEqual(wish("GET", "/x"), { kind: "own" });
  assert.deepEqual(wish("OPTIONS", "*"), { kind: "own" });
});

const REFUSED: readonly [method: string, target: string, status: number, state: string][] = [
  ["CONNECT", "a.example", 400, "the target of CONNECT is not HOST:PORT"],
  ["CONNECT", "a.example:", 400, "the target of CONNECT is not HOST:PORT"],
  ["CONNECT", "a:b:1", 400, "the target of CONNECT is not HOST:PORT"],
  ["CONNECT", "a.example:0", 400, "its target has no valid port"],
  ["CONNECT", "a.example:65536", 400, "its target has no valid port"],
  ["CONNECT", "[::1%25eth0]:80", 400, "the target of CONNECT is not HOST:PORT"],
  ["CONNECT", "a/b:80", 400, "its target has no valid host"],
  ["CONNECT", "a@b:80", 400, "its target has no valid host"],
  ["CONNECT", `${"a".repeat(300)}.example:80`, 400, "its target has no valid host"],
  ["CONNECT", "999.1.1.1:80", 400, "its target has no valid host"],
  ["GET", "http:///x", 400, "its target has no valid host"],
  ["GET", "http://a:99999/", 400, "its target has no valid port"],
  ["GET", "a.example", 400, "its target is neither an address nor a path"],
  ["GET", "https://a/", 400, "its target begins with https://, for which a proxy needs the method CONNECT"],
  ["GET", "FTP://a/", 501, "its target begins with ftp://, and only http:// is forwarded"],
];

for (const [method, target, status, state] of REFUSED) {
  Deno.test(`readWish() refuses ${method} ${target.slice(0, 40)}`, () => {
    assert.throws(() => wish(method, target), { name: "BadProxyRequest", status, state });
  });
}

Deno.test("readWish() refuses a Host header that is not one host", () => {
  const state = "its Host header is not a host";
  assert.throws(() => wish("GET", "http://a/", [["Host", "a, b"]]), { state });
});

Deno.test("readWish() refuses methods by which a proxy would show the password that it was sent", () => {
  for (const method of ["TRACE", "trace", "TRACK"]) {
    assert.throws(() => readWish({ method, target: "http://a.example/", minor: 1, fields: [] }), {
      name: "BadProxyRequest",
      status: 501,
      message: `Cannot forward the request: its method is ${method}, which shows what only a proxy may see`,
    });
  }
});
