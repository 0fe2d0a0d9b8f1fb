import assert from "node:assert/strict";
import fc from "fast-check";
import { headEnd, mayBeginRequest, NO_LENGTH, readRequestHead, readResponseHead } from "./http_head.ts";

const ENCODER = new TextEncoder();

function requestHead(text: string) {
  const bytes = ENCODER.encode(text);
  return readRequestHead(bytes, 0, bytes.length);
}

function responseHead(text: string) {
  const bytes = ENCODER.encode(text);
  return readResponseHead(bytes, 0, bytes.length);
}

const PLAIN = {
  contentLength: NO_LENGTH,
  chunked: false,
  upgrade: false,
  expectsContinue: false,
  encoded: false,
  closes: false,
};

Deno.test("readRequestHead() reads what the relay has to know", () => {
  assert.deepEqual(
    requestHead(
      "POST /v1.51/build?t=x%20y HTTP/1.1\r\nHost: d\r\ncontent-LENGTH:  12 \r\nTE: trailers\r\nCookie: c\r\n\r\n",
    ),
    { ...PLAIN, method: "POST", target: "/v1.51/build?t=x%20y", contentLength: 12 },
  );
  assert.deepEqual(
    requestHead(
      "POST / HTTP/1.2\nConnection: close\nTransfer-Encoding: Chunked\nExpect: 100-continue\nUpgrade: tcp\nContent-Encoding: gzip\n\n",
    ),
    {
      method: "POST",
      target: "/",
      contentLength: NO_LENGTH,
      chunked: true,
      upgrade: true,
      expectsContinue: true,
      encoded: true,
      closes: true,
    },
  );
});

Deno.test("readRequestHead() finds the wish to close among the options of a connection", () => {
  for (
    const [line, closes] of [
      ["Connection: close", true],
      ["connection: keep-alive, CLOSE", true],
      ["Connection: keep-alive", false],
      ["Connection: disclose", false],
      ["X-Connection: close", false],
    ] as const
  ) {
    assert.equal(requestHead(`GET / HTTP/1.1\r\n${line}\r\n\r\n`)?.closes, closes, line);
  }
});

Deno.test("readRequestHead() takes a length given twice, if it is the same", () => {
  assert.equal(
    requestHead("POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n")?.contentLength,
    5,
  );
});

Deno.test("readRequestHead() does not guess", () => {
  for (
    const text of [
      "PRI * HTTP/2.0\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
      "GET /\r\n\r\n",
      "GET  / HTTP/1.1\r\n\r\n",
      "\r\n\r\n",
      "G(T / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: d\r\n folded: yes\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 9999999999999999\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chun\u212aed\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: \u00a05\r\n\r\n",
      "\ufeffGET / HTTP/1.1\r\n\r\n",
      "GET \ufeff/ HTTP/1.1\r\n\r\n",
      "GET /a\u00a0b HTTP/1.1\r\n\r\n",
    ]
  ) {
    assert.equal(requestHead(text), undefined, JSON.stringify(text));
  }
});

Deno.test("readResponseHead() reads status and framing", () => {
  assert.deepEqual(responseHead("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n"), {
    status: 101,
    contentLength: NO_LENGTH,
    chunked: false,
  });
  assert.deepEqual(responseHead("HTTP/1.0 404\r\nContent-Length: 3\r\n\r\n"), {
    status: 404,
    contentLength: 3,
    chunked: false,
  });
  assert.equal(responseHead("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?.chunked, true);
  assert.equal(responseHead("HTTP/2 200 OK\r\n\r\n"), undefined);
  assert.equal(responseHead("SSH-2.0-x\r\n\r\n"), undefined);
});

Deno.test("headEnd() finds the empty line, or says that it is still to come, at every cut", () => {
  for (
    const text of ["GET / HTTP/1.1\r\nHost: d\r\n\r\n", "GET / HTTP/1.1\nHost: d\n\n", "GET / HTTP/1.1\r\n\n"]
  ) {
    const bytes = ENCODER.encode(text);
    for (let cut = 0; cut < bytes.length; cut++) assert.equal(headEnd(bytes.subarray(0, cut), 0), -1);
    assert.equal(headEnd(bytes, 0), bytes.length);
    assert.equal(headEnd(ENCODER.encode(`${text}rest\r\n\r\n`), 0), bytes.length);
  }
});

Deno.test("mayBeginRequest() tells other protocols from the beginning of a method", () => {
  const METHOD_BYTES = 8;
  for (const text of ["", "G", "GET", "GET /", "M-SEARCH *", "OPTIONSX"]) {
    assert.equal(mayBeginRequest(ENCODER.encode(text), 0, METHOD_BYTES), true, text);
  }
  for (const text of ["\r\n", " GET", "\x16\x03\x01", "G\tT", "{", "TOOLONGMETHOD", "TOOLONGME /"]) {
    assert.equal(mayBeginRequest(ENCODER.encode(text), 0, METHOD_BYTES), false, text);
  }
});

Deno.test("readRequestHead() and readResponseHead() neither throw nor hang on any head", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "Content-Length: 1",
      "Transfer-Encoding: x",
      "GET / HTTP/1.1",
      "HTTP/1.1 200 OK",
      "\r",
      "",
    ),
  );
  fc.assert(fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
    const bytes = ENCODER.encode(lines.join("\n"));
    const end = headEnd(bytes, 0);
    if (end < 0) return;
    readRequestHead(bytes, 0, end);
    readResponseHead(bytes, 0, end);
  }));
});
