import assert from "node:assert/strict";
import type { PendingRequest } from "./pending_request.ts";
import { RELAY_LIMITS } from "../relay_limits.ts";
import { ResponseScanner } from "./response_scanner.ts";

const ENCODER = new TextEncoder();

function request(method: string, hijackable = false): PendingRequest {
  return {
    kind: "other",
    method,
    path: "/",
    since: 0,
    hijackable,
    mayTurnRaw: hijackable,
    id: "",
    status: undefined,
    receivedBefore: 0,
    answered: false,
  };
}

/** Runs responses to these requests through a scanner in pieces; returns what it reported. */
function scan(requests: PendingRequest[], pieces: readonly string[]): string[] {
  const reports: string[] = [];
  const scanner = new ResponseScanner({
    oldest: () => requests[0],
    turnedRaw: () => reports.push("raw"),
    answered: (answered) => reports.push(`answered ${answered.method}`),
    finished: () => reports.push(`finished ${requests.shift()?.method}`),
  });
  for (const piece of pieces) scanner.push(ENCODER.encode(piece));
  if (scanner.atRest) reports.push("at rest");
  return reports;
}

const OK_WITH_LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const OK_IN_CHUNKS = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
const STREAM = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";

Deno.test("ResponseScanner finds the end of every answer at every cut", () => {
  const text = [
    OK_WITH_LENGTH,
    "HTTP/1.1 100 Continue\r\n\r\n",
    OK_IN_CHUNKS,
    "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", // to HEAD
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
  ].join("");
  const methods = ["GET", "POST", "HEAD", "DELETE", "PUT", "PATCH"];
  const expected = [...methods.flatMap((method) => [`answered ${method}`, `finished ${method}`]), "at rest"];
  for (let cut = 0; cut <= text.length; cut++) {
    const requests = methods.map((method) => request(method));
    assert.deepEqual(scan(requests, [text.slice(0, cut), text.slice(cut)]), expected, `cut at ${cut}`);
  }
});

Deno.test("ResponseScanner turns raw on 101, whatever was asked", () => {
  assert.deepEqual(
    scan([request("GET")], ["HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nraw", OK_WITH_LENGTH]),
    ["raw"],
  );
});

Deno.test("ResponseScanner turns raw on 101 with a length or chunks, which other proxies add", () => {
  for (const header of ["Content-Length: 5", "Transfer-Encoding: chunked"]) {
    assert.deepEqual(scan([request("POST")], [`HTTP/1.1 101 UPGRADED\r\n${header}\r\n\r\nraw`]), ["raw"]);
  }
});

Deno.test("ResponseScanner turns raw on a 200 without length to attach or exec, and on no other", () => {
  assert.deepEqual(scan([request("POST", true)], [`${STREAM}raw`]), ["raw"]);
  assert.deepEqual(scan([request("POST", false)], [`${STREAM}raw`, "more"]), ["answered POST"]);
  assert.deepEqual(scan([request("POST", true)], [OK_WITH_LENGTH]), [
    "answered POST",
    "finished POST",
    "at rest",
  ]);
  assert.deepEqual(scan([request("POST", true)], [OK_IN_CHUNKS]), [
    "answered POST",
    "finished POST",
    "at rest",
  ]);
});

Deno.test("ResponseScanner stays with HTTP when attach is refused", () => {
  const refused = "HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n{}";
  assert.deepEqual(scan([request("POST", true)], [refused]), ["answered POST", "finished POST", "at rest"]);
});

Deno.test("ResponseScanner takes anything but an HTTP/1 response for one that lasts to the end", () => {
  assert.deepEqual(scan([request("GET")], ["\0\0\x12\x04\0\0\0\n\n", OK_WITH_LENGTH]), []);
  assert.deepEqual(scan([request("GET")], ["x".repeat(RELAY_LIMITS.headBytes + 1), OK_WITH_LENGTH]), []);
  assert.deepEqual(scan([request("GET")], ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz"]), [
    "answered GET",
  ]);
});

Deno.test("ResponseScanner.push() returns how many bytes are not raw, wherever they are cut", () => {
  const text = `${STREAM}raw`;
  for (let cut = 0; cut <= text.length; cut++) {
    let raw = false;
    const scanner = new ResponseScanner({
      oldest: () => request("POST", true),
      turnedRaw: () => raw = true,
      answered: () => {},
      finished: () => {},
    });
    const first = scanner.push(ENCODER.encode(text.slice(0, cut)));
    const second = raw ? 0 : scanner.push(ENCODER.encode(text.slice(cut)));
    assert.equal(first + second, STREAM.length, `cut at ${cut}`);
  }
});

Deno.test("ResponseScanner reads an answer that nobody asked for", () => {
  assert.deepEqual(scan([], ["HTTP/1.1 408 Request Timeout\r\nContent-Length: 1\r\n\r\nx"]), [
    "finished undefined",
    "at rest",
  ]);
});
