import assert from "node:assert/strict";
import fc from "fast-check";
import { readLines } from "./read_lines.ts";

async function linesOf(chunks: readonly Uint8Array[], maximumCharacters = 100): Promise<string[]> {
  const lines: string[] = [];
  const { signal } = new AbortController();
  const stream = ReadableStream.from(chunks);
  await readLines(stream, { maximumCharacters, signal, onLine: (line) => lines.push(line) });
  return lines;
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("readLines() hands out the same lines wherever the bytes are cut", async () => {
  const text = bytes("one\r\nzwölf\n\nlast");
  for (let cut = 0; cut <= text.length; cut++) {
    const lines = await linesOf([text.subarray(0, cut), text.subarray(cut)]);
    assert.deepEqual(lines, ["one", "zwölf", "", "last"]);
  }
});

Deno.test("readLines() cuts a line that is too long and keeps all of it", async () => {
  await fc.assert(fc.asyncProperty(fc.nat(500), async (length) => {
    const lines = await linesOf([bytes("x".repeat(length))], 100);
    assert.ok(lines.every((line) => line.length <= 100));
    assert.equal(lines.join("").length, length);
  }));
});

Deno.test("readLines() ends at the signal and hands out the line begun", async () => {
  const controller = new AbortController();
  const stream = new ReadableStream<Uint8Array>({ start: (source) => source.enqueue(bytes("begun")) });
  const lines: string[] = [];
  const reading = readLines(stream, {
    maximumCharacters: 100,
    signal: controller.signal,
    onLine: (line) => lines.push(line),
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  controller.abort();
  await reading;
  assert.deepEqual(lines, ["begun"]);
});

Deno.test("readLines() takes a broken pipe for the end", async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull: (source) => source.error(new Deno.errors.BrokenPipe()),
  });
  const { signal } = new AbortController();
  await readLines(stream, { maximumCharacters: 100, signal, onLine: () => {} });
});
