import assert from "node:assert/strict";
import { headBytes, headEnd, membersOf, readAnswerHead, readRequestHead } from "./message_head.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const request = (text: string) => readRequestHead(bytes(text));
const answer = (text: string) => readAnswerHead(bytes(text));

Deno.test("readRequestHead() takes names and values as they were sent", () => {
  const head = request("GET http://a/ HTTP/1.1\r\nhOST: a\r\nX-Empty:\r\nX-Latin: \xe4 b\t\r\n\r\n");
  assert.deepEqual(head, {
    method: "GET",
    target: "http://a/",
    minor: 1,
    fields: [["hOST", "a"], ["X-Empty", ""], ["X-Latin", "\xe4 b"]],
  });
});

const REFUSED: readonly [what: string, head: string, status: number, state: string][] = [
  [
    "a line that ends with LF alone",
    "GET / HTTP/1.1\nHost: a\n\n",
    400,
    "a line of its head does not end with CR LF",
  ],
  [
    "CR within a line",
    "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
    400,
    "a line of its head does not end with CR LF",
  ],
  ["a folded line", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400, "a header line is not valid HTTP"],
  ["a blank before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, "a header line is not valid HTTP"],
  ["NUL", "GET / HTTP/1.1\r\nA: \0\r\n\r\n", 400, "a header line is not valid HTTP"],
  ["two hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400, "it names two hosts"],
  ["two blanks in its first line", "GET  / HTTP/1.1\r\n\r\n", 400, "its first line is not valid HTTP"],
  ["no version", "GET /\r\n\r\n", 400, "its first line is not valid HTTP"],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\n", 505, "its version of HTTP is not 1.0 or 1.1"],
  ["201 lines", `GET / HTTP/1.1\r\n${"A: b\r\n".repeat(201)}\r\n`, 431, "it has more than 200 header lines"],
];

for (const [what, head, status, state] of REFUSED) {
  Deno.test(`readRequestHead() refuses a request with ${what}`, () => {
    assert.throws(() => request(head), { name: "BadProxyRequest", status, state });
  });
}

Deno.test("readAnswerHead() takes what clients take", () => {
  assert.deepEqual(answer("HTTP/1.0 200\nA: b\n  c\n\n"), {
    status: 200,
    reason: "",
    minor: 0,
    fields: [["A", "b c"]],
  });
  assert.equal(answer("HTTP/1.1 404 N\xf6 \x01t\r\n\r\n").reason, "N\xf6  t");
});

Deno.test("readAnswerHead() refuses what is not HTTP", () => {
  for (const text of ["HTTP/1.1 20\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "SSH-2.0-x\r\n\r\n"]) {
    assert.throws(() => answer(text), { name: "BadAnswer", message: "is not HTTP" });
  }
  assert.throws(() => answer("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), {
    name: "BadAnswer",
    message: "has a header line that is not valid HTTP",
  });
});

Deno.test("A value with many blanks is read in one pass", () => {
  // A pattern that tries each blank as a beginning would take an hour for these.
  const blanks = " ".repeat(1_000_000);
  assert.deepEqual(answer(`HTTP/1.1 200 OK\r\nA: a${blanks}b\r\n\r\n`).fields, [["A", `a${blanks}b`]]);
  assert.deepEqual(request(`GET / HTTP/1.1\r\nA:${blanks}\r\n\r\n`).fields, [["A", ""]]);
});

Deno.test("headEnd() finds the end wherever the bytes are cut", () => {
  const head = bytes("GET / HTTP/1.1\r\nA: b\r\n\r\nrest");
  for (let cut = 1; cut <= head.length; cut++) {
    const first = headEnd(head.subarray(0, cut), 0);
    assert.equal(first > 0 ? first : headEnd(head, cut), 24, `cut at ${cut}`);
  }
});

Deno.test("headBytes() writes each character as one byte", () => {
  assert.deepEqual(
    headBytes("HTTP/1.1 200 \xe4", [["A", "\xff"]]),
    bytes("HTTP/1.1 200 \xe4\r\nA: \xff\r\n\r\n"),
  );
});

Deno.test("membersOf() joins all fields of a name", () => {
  assert.deepEqual(membersOf([["Connection", "Close, ,x"], ["connection", " y "]], "connection"), [
    "close",
    "x",
    "y",
  ]);
});
