import assert from "node:assert/strict";
import fc from "fast-check";
import { ChunkScanner } from "./chunk_scanner.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** Feeds the text in two pieces; returns content, bytes taken, and how it ended. */
function scan(text: string, cut: number) {
  const bytes = ENCODER.encode(text);
  const scanner = new ChunkScanner();
  let content = "";
  let taken = 0;
  for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
    if (scanner.done) break;
    taken += scanner.scan(piece, 0, (start, end) => content += DECODER.decode(piece.subarray(start, end)));
  }
  return { content, taken, done: scanner.done, failed: scanner.failed };
}

Deno.test("ChunkScanner finds the end of a body at every cut", () => {
  const body = "5\r\nhello\r\nA;name=value\r\n, world!!!\r\n1 \n.\n0\r\nTrailer: x\r\n\r\n";
  for (let cut = 0; cut <= body.length; cut++) {
    assert.deepEqual(scan(`${body}GET /`, cut), {
      content: "hello, world!!!.",
      taken: body.length,
      done: true,
      failed: false,
    });
  }
});

Deno.test("ChunkScanner follows any chunks in any pieces", () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 8 });
  fc.assert(fc.property(chunks, fc.array(fc.nat(20), { maxLength: 30 }), (contents, sizes) => {
    const parts = contents.flatMap((content) => [
      ...ENCODER.encode(`${content.length.toString(16)}\r\n`),
      ...content,
      ...ENCODER.encode("\r\n"),
    ]);
    const bytes = Uint8Array.from([...parts, ...ENCODER.encode("0\r\n\r\n"), 1, 2, 3]);
    const scanner = new ChunkScanner();
    const found: number[] = [];
    let at = 0;
    for (const size of [...sizes, bytes.length]) {
      const piece = bytes.subarray(at, at + size);
      at += scanner.scan(piece, 0, (start, end) => found.push(...piece.subarray(start, end)));
      if (scanner.done) break;
    }
    assert.deepEqual(found, contents.flatMap((content) => [...content]));
    assert.deepEqual([scanner.done, at], [true, bytes.length - 3]);
  }));
});

Deno.test("ChunkScanner fails on anything but a chunk", () => {
  for (
    const text of [
      "x\r\n",
      "\r\n",
      "5\r\nhelloX",
      "-1\r\n",
      "fffffffffffffff\r\n",
      `1;${"x".repeat(5000)}\r\n`,
      "5 5x\n12345z",
    ]
  ) {
    assert.equal(scan(text, 0).failed, true, text.slice(0, 20));
  }
});
