import assert from "node:assert/strict";
import { collectOutput } from "./collect_output.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("collectOutput() joins all chunks", async () => {
  const { signal } = new AbortController();
  const stream = ReadableStream.from([bytes("ab"), bytes(""), bytes("c")]);
  const collected = await collectOutput(stream, { maximumBytes: 10, onTooLong: assert.fail, signal });
  assert.deepEqual(collected, bytes("abc"));
});

Deno.test("collectOutput() says once that it is too much, and reads on to the end", async () => {
  const { signal } = new AbortController();
  let pulled = 0;
  let told = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: (source) => ++pulled > 5 ? source.close() : source.enqueue(bytes("12345678")),
  });
  const collected = await collectOutput(stream, { maximumBytes: 10, onTooLong: () => told++, signal });
  assert.deepEqual([collected, told, pulled], [bytes("12345678"), 1, 6]);
});

Deno.test("collectOutput() returns what has arrived when the signal ends it", async () => {
  const controller = new AbortController();
  const stream = new ReadableStream<Uint8Array>({ start: (source) => source.enqueue(bytes("a")) });
  const collecting = collectOutput(stream, {
    maximumBytes: 10,
    onTooLong: assert.fail,
    signal: controller.signal,
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  controller.abort();
  assert.deepEqual(await collecting, bytes("a"));
});
