/** Random and hostile messages: what the network proxy passes on has one meaning, however it is cut into pieces. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { isLoopback } from "../../platform/addresses.ts";
import { isThisMachine } from "../this_machine.ts";
import { ByteInput, EndedEarly, TooLong } from "./byte_input.ts";
import { ChunkEnd } from "./chunk_end.ts";
import { framingOfRequest } from "./message_body.ts";
import { BadAnswer, BadProxyRequest } from "./message_errors.ts";
import { headBytes, readAnswerHead, readRequestHead } from "./message_head.ts";
import { readWish } from "./request_target.ts";

const RUNS = { numRuns: 2_000 };

/** Bytes of which many are what heads are made of. */
const headText = fc.array(
  fc.oneof(
    fc.constantFrom("\r\n", "\n", "\r", ":", " ", "\t", ",", "\0", "\x0b", "\xa0", "\xff"),
    fc.constantFrom(
      "Host",
      "Content-Length",
      "Transfer-Encoding",
      "Connection",
      "chunked",
      "close",
      "5",
      "0",
    ),
    fc.string({ maxLength: 8 }),
  ),
  { maxLength: 30 },
).map((parts) => parts.join(""));

const requestText = fc.tuple(
  fc.constantFrom(
    "GET http://a/ HTTP/1.1\r\n",
    "POST http://a:1/x HTTP/1.0\r\n",
    "CONNECT a:1 HTTP/1.1\r\n",
    "",
  ),
  headText,
).map(([line, rest]) => `${line}${rest}\r\n\r\n`);

Deno.test("a head of a request that is taken reads the same when it is written again", () => {
  fc.assert(
    fc.property(requestText, (text) => {
      const head = unless(BadProxyRequest, () => readRequestHead(bytesOf(text)));
      if (head === undefined) return;
      const again = headBytes(`${head.method} ${head.target} HTTP/1.${head.minor}`, head.fields);
      assert.deepEqual(readRequestHead(again), head);
      for (const part of head.fields.flat()) assert.doesNotMatch(part, /[\r\n\0]/);
      unless(BadProxyRequest, () => framingOfRequest(head));
      unless(BadProxyRequest, () => readWish(head));
    }),
    RUNS,
  );
});

Deno.test("a head of an answer that is taken is passed on in one meaning", () => {
  fc.assert(
    fc.property(headText, (rest) => {
      const head = unless(BadAnswer, () => readAnswerHead(bytesOf(`HTTP/1.1 200 OK\r\n${rest}\r\n\r\n`)));
      if (head === undefined) return;
      const again = headBytes(`HTTP/1.1 ${head.status} ${head.reason}`, head.fields);
      assert.deepEqual(readAnswerHead(again).fields, head.fields);
    }),
    RUNS,
  );
});

Deno.test("a head is the same in whatever pieces it comes", async () => {
  await fc.assert(
    fc.asyncProperty(requestText, fc.array(fc.nat(40), { maxLength: 20 }), async (text, cuts) => {
      const whole = await headOf([bytesOf(text)]);
      assert.deepEqual(await headOf(pieces(bytesOf(text), cuts)), whole);
    }),
    { numRuns: 500 },
  );
});

Deno.test("empty lines before a head are skipped, even in pieces", async () => {
  const head = "GET http://a/ HTTP/1.1\r\n\r\n";
  for (const text of [`\r\n${head}`, `\r\n\r\n${head}`]) {
    for (const cuts of [[1], [2], [3], [1, 1, 1, 1], [2, 1]]) {
      assert.equal(await headOf(pieces(bytesOf(text), cuts)), head, cuts.join());
    }
  }
});

Deno.test("a chunked body ends at the same byte in whatever pieces it comes", () => {
  const chunk = fc.string({ unit: "binary-ascii", maxLength: 20 });
  fc.assert(
    fc.property(
      fc.array(chunk, { maxLength: 5 }),
      headText,
      fc.array(fc.nat(10), { maxLength: 20 }),
      (chunks, rest, cuts) => {
        const content = chunks.filter((text) => text !== "");
        const body = content.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("") +
          "0\r\n\r\n";
        assert.deepEqual(scanAll(pieces(bytesOf(body + rest), cuts)), {
          content: content.join(""),
          length: body.length,
        });
      },
    ),
    RUNS,
  );
});

Deno.test("random chunks are refused or end, and never at different bytes", () => {
  fc.assert(
    fc.property(headText, fc.array(fc.nat(6), { maxLength: 20 }), (text, cuts) => {
      const whole = unless(SyntaxError, () => scanAll([bytesOf(text)]));
      const cut = unless(SyntaxError, () => scanAll(pieces(bytesOf(text), cuts)));
      assert.deepEqual(cut?.length, whole?.length);
    }),
    RUNS,
  );
});

Deno.test("whatever a URL standard reads as loopback is this machine", () => {
  const byte = fc.nat(255);
  const number = fc.tuple(byte, byte, byte).map(([a, b, c]) => 127 * 2 ** 24 + a * 65_536 + b * 256 + c);
  const spelling = fc.oneof(
    number.map((value) => String(value)),
    number.map((value) => `0x${value.toString(16)}`),
    number.map((value) => `0${value.toString(8)}`),
    number.map((value) => `[::ffff:${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}]`),
    fc.tuple(byte, byte, byte).map(([a, b, c]) => `0x7f.${a}.0${b.toString(8)}.0x${c.toString(16)}`),
    fc.tuple(byte, byte).map(([a, b]) => `127.${a * 256 + b}.`),
    fc.constantFrom(
      "localhost",
      "LOCALHOST.",
      "a.b.localhost",
      "[::]",
      "[0::1]",
      "0",
      "00.0",
      "%31%32%37.0.0.1",
    ),
  );
  fc.assert(
    fc.property(spelling, fc.constantFrom("http", "CONNECT"), (host, kind) => {
      const [method, target] = kind === "http"
        ? ["GET", `http://u:p@${host}:80/`]
        : ["CONNECT", `${host}:80`];
      const wish = unless(BadProxyRequest, () => readWish({ method, target, minor: 1, fields: [] }));
      if (wish === undefined || wish.kind === "own") return;
      assert.ok(isThisMachine(wish.target.hostname), `${target} is ${wish.target.hostname}`);
    }),
    RUNS,
  );
});

Deno.test("isLoopback() takes what the system may call an address's peer, and no other address", () => {
  for (
    const own of [
      "127.0.0.1",
      "127.9.9.9",
      "0.0.0.0",
      "::",
      "::1",
      "::ffff:127.0.0.1",
      "::1%lo",
      "::ffff:0.0.0.0",
    ]
  ) {
    assert.ok(isLoopback(own), own);
  }
  for (
    const other of [
      "128.0.0.1",
      "12.7.0.1",
      "1.127.0.0",
      "fe80::1",
      "2001:db8::1",
      "::ffff:10.0.0.1",
      "example",
      "",
    ]
  ) {
    assert.ok(!isLoopback(other), other);
  }
});

/** The value, or `undefined` if an error of that class is thrown; others are thrown on. */
function unless<Value>(
  kind: abstract new (...values: never[]) => Error,
  work: () => Value,
): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof kind) return undefined;
    throw error;
  }
}

async function headOf(parts: readonly Uint8Array[]): Promise<string> {
  const waiting = [...parts];
  const input = new ByteInput({ read: () => Promise.resolve(waiting.shift() ?? null) });
  try {
    const head = await input.head(64 * 1024);
    return head === undefined ? "nothing" : String.fromCharCode(...head);
  } catch (error) {
    if (error instanceof TooLong || error instanceof EndedEarly) return error.name;
    throw error;
  }
}

function scanAll(parts: readonly Uint8Array[]): { content: string; length: number } {
  const end = new ChunkEnd();
  let [content, length] = ["", 0];
  for (const part of parts) {
    length += end.scan(part, (bytes) => content += String.fromCharCode(...bytes));
    if (end.isOver) break;
  }
  return { content, length };
}

/** Cuts bytes into pieces of these lengths, and a last one of what is left. */
function pieces(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const cut: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths.filter((length) => length > 0)) {
    if (at < bytes.length) cut.push(bytes.subarray(at, at += length));
  }
  if (at < bytes.length) cut.push(bytes.subarray(at));
  return cut;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
