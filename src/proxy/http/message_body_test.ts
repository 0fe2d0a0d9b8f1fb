import assert from "node:assert/strict";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import { ByteInput } from "./byte_input.ts";
import { type Framing, framingOfAnswer, framingOfRequest, MessageBody } from "./message_body.ts";
import { type Field, latin1 } from "./message_head.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A source of those pieces, and then the end. */
function source(...pieces: string[]) {
  return { read: () => Promise.resolve(pieces.length === 0 ? null : bytes(pieces.shift()!)) };
}

/** The body as it is read, its content, and what is left behind it. */
async function readBody(framing: Framing, ...pieces: string[]) {
  const input = new ByteInput(source(...pieces));
  const body = new MessageBody(input, framing);
  let [raw, content] = ["", ""];
  const add = (piece: Uint8Array) => void (content += latin1(piece));
  for (let piece = await body.next(add); piece !== null; piece = await body.next(add)) raw += latin1(piece);
  return { raw, content, rest: latin1(await input.piece() ?? new Uint8Array()), isOver: body.isOver };
}

const CHUNKS = "5\r\nhello\r\nA;x=y\r\n, big\r\nbad\r\n00\r\nT: x\r\n\r\n";

Deno.test("MessageBody of chunks ends behind its last one, wherever it is cut", async () => {
  const content = "hello, big\r\nbad";
  for (let cut = 1; cut < CHUNKS.length; cut++) {
    const read = await readBody("chunked", CHUNKS.slice(0, cut), `${CHUNKS.slice(cut)}GET`);
    assert.deepEqual(read, { raw: CHUNKS, content, rest: "GET", isOver: true }, `cut at ${cut}`);
  }
  const single = await readBody("chunked", ...CHUNKS);
  assert.deepEqual([single.raw, single.content], [CHUNKS, content]);
});

Deno.test("MessageBody of a length ends there", async () => {
  assert.deepEqual(await readBody(5, "hel", "loGET"), {
    raw: "hello",
    content: "hello",
    rest: "GET",
    isOver: true,
  });
  assert.deepEqual(await readBody(0, "GET"), { raw: "", content: "", rest: "GET", isOver: true });
});

Deno.test("MessageBody without either ends with the connection", async () => {
  assert.deepEqual(await readBody("close", "a", "b"), { raw: "ab", content: "ab", rest: "", isOver: true });
});

Deno.test("MessageBody that breaks off is not complete", async () => {
  await assert.rejects(readBody(5, "hell"), { name: "EndedEarly" });
  await assert.rejects(readBody("chunked", "5\r\nhello\r\n"), { name: "EndedEarly" });
});

const NO_CHUNKS: readonly [text: string, message: string][] = [
  ["\r\n", "a chunk has no length"],
  [" 5\r\n", "a chunk has no length"],
  ["-1\r\n", "a chunk has no length"],
  ["0x5\r\n", "a chunk has no valid length"],
  ["5\nhello", "a chunk has no valid length"],
  ["5;\n", "a line between chunks is not valid HTTP"],
  ["5\r\rhello", "a chunk does not end where it should"],
  ["5\r\nhello!\r\n", "a chunk does not end where it should"],
  ["5\r\nhello\n", "a chunk does not end where it should"],
  ["fffffffffffffff\r\n", "a chunk is too long"],
  ["00000000000000000\r\n", "a chunk is too long"],
  [`1;${"x".repeat(PROXY_LIMITS.chunkLineBytes + 1)}`, "a line between chunks is not valid HTTP"],
  [`0\r\n${"a: b\r\n".repeat(5_000)}`, "a line between chunks is not valid HTTP"],
];

for (const [text, message] of NO_CHUNKS) {
  Deno.test(`MessageBody refuses the chunk ${JSON.stringify(text.slice(0, 20))}`, async () => {
    await assert.rejects(readBody("chunked", text), { name: "SyntaxError", message });
  });
}

Deno.test("MessageBody.skip() reads past a short body only", async () => {
  const skip = (framing: Framing, ...pieces: string[]) =>
    new MessageBody(new ByteInput(source(...pieces)), framing).skip(4);
  assert.equal(await skip(4, "1234"), true);
  assert.equal(await skip(5, "12345"), false);
  assert.equal(await skip("chunked", "5\r\n12345\r\n", "0\r\n\r\n"), false);
  assert.equal(await skip("close"), false);
});

const request = (fields: readonly Field[], minor: 0 | 1 = 1) => framingOfRequest({ minor, fields });

Deno.test("framingOfRequest() finds where the body ends", () => {
  assert.equal(request([]), 0);
  assert.equal(request([["content-LENGTH", "12"]]), 12);
  assert.equal(request([["Transfer-Encoding", "Chunked"]]), "chunked");
});

const SMUGGLED: readonly [fields: Field[], status: number, state: string, minor?: 0][] = [
  [[["Content-Length", "1"], ["Transfer-Encoding", "chunked"]], 400, "it has a length and a transfer coding"],
  [[["Content-Length", "1"], ["Content-Length", "1"]], 400, "it has two lengths"],
  [[["Content-Length", "1, 1"]], 400, "its length is not a number"],
  [[["Content-Length", "+1"]], 400, "its length is not a number"],
  [[["Content-Length", "0x1"]], 400, "its length is not a number"],
  [[["Content-Length", ""]], 400, "its length is not a number"],
  [[["Transfer-Encoding", "gzip, chunked"]], 501, "its transfer coding is not 'chunked'"],
  [
    [["Transfer-Encoding", "chunked"], ["Transfer-Encoding", "chunked"]],
    501,
    "its transfer coding is not 'chunked'",
  ],
  [[["Transfer-Encoding", "\x0bchunked"]], 501, "its transfer coding is not 'chunked'"],
  [[["Transfer-Encoding", "chunked"]], 400, "it has a transfer coding, which HTTP/1.0 does not have", 0],
];

for (const [fields, status, state, minor] of SMUGGLED) {
  Deno.test(`framingOfRequest() refuses ${JSON.stringify(fields)} of HTTP/1.${minor ?? 1}`, () => {
    assert.throws(() => request(fields, minor), { name: "BadProxyRequest", status, state });
  });
}

Deno.test("framingOfAnswer() knows the answers that have no body", () => {
  const fields: Field[] = [["Content-Length", "5"]];
  const answer = (status: number, method = "GET", own = fields) =>
    framingOfAnswer({ status, reason: "", minor: 1, fields: own }, method);
  assert.deepEqual([answer(200), answer(200, "HEAD"), answer(204), answer(304), answer(103)], [
    5,
    0,
    0,
    0,
    0,
  ]);
  assert.equal(answer(200, "GET", []), "close");
  assert.equal(answer(200, "GET", [...fields, ["Transfer-Encoding", "chunked"]]), "chunked");
  assert.equal(answer(200, "GET", [["Transfer-Encoding", "gzip"]]), "close");
  assert.equal(answer(200, "GET", [["Content-Length", "5, 5"]]), 5);
  assert.throws(() => answer(200, "GET", [["Content-Length", "5, 6"]]), { message: "has no valid length" });
});
