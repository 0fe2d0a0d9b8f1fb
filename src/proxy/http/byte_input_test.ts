import assert from "node:assert/strict";
import { ByteInput } from "./byte_input.ts";
import { latin1 } from "./message_head.ts";

/** A source that lends one buffer again and again, as real ones do. */
function lending(...pieces: string[]) {
  const buffer = new Uint8Array(1_024);
  return {
    read: () => {
      const piece = pieces.shift();
      if (piece === undefined) return Promise.resolve(null);
      buffer.fill(0x21);
      for (let at = 0; at < piece.length; at++) buffer[at] = piece.charCodeAt(at);
      return Promise.resolve(buffer.subarray(0, piece.length));
    },
  };
}

async function text(bytes: Promise<Uint8Array | null | undefined>): Promise<string | null | undefined> {
  const found = await bytes;
  return found && latin1(found);
}

Deno.test("ByteInput puts heads together and leaves what is behind them", async () => {
  const head = "GET / HTTP/1.1\r\nA: b\r\n\r\n";
  for (let cut = 1; cut < head.length; cut++) {
    const input = new ByteInput(lending(`\r\n${head.slice(0, cut)}`, `${head.slice(cut)}${head}x`, "y"));
    assert.equal(await text(input.head(100)), head);
    assert.equal(await text(input.head(100)), head);
    assert.equal(await text(input.piece()), "x");
    assert.equal(await text(input.piece()), "y");
    assert.equal(await text(input.piece()), null);
  }
});

Deno.test("ByteInput takes a head in single bytes", async () => {
  const head = `GET / HTTP/1.1\r\n${"A: b\r\n".repeat(2_000)}\r\n`;
  const input = new ByteInput(lending(...head));
  assert.equal(await text(input.head(20_000)), head);
});

Deno.test("ByteInput refuses a head that is too long, complete or not", async () => {
  await assert.rejects(new ByteInput(lending("GET / HTTP/1.1\r\n\r\n")).head(17), { name: "TooLong" });
  await assert.rejects(new ByteInput(lending("GET / HTTP/1.1", "more")).head(17), { name: "TooLong" });
});

Deno.test("ByteInput distinguishes an end before a head from one within it", async () => {
  assert.equal(await new ByteInput(lending("\r\n")).head(100), undefined);
  await assert.rejects(new ByteInput(lending("GET")).head(100), { name: "EndedEarly" });
});

Deno.test("ByteInput gives exactly as many bytes as are asked for", async () => {
  const input = new ByteInput(lending("ab", "cd", "e"));
  assert.equal(await text(input.exactly(3)), "abc");
  assert.equal(await text(input.exactly(2)), "de");
  await assert.rejects(input.exactly(1), { name: "EndedEarly" });
});

Deno.test("ByteInput gives back what was put back", async () => {
  const input = new ByteInput(lending("abcd", "e"));
  const piece = await input.piece();
  input.putBack(piece!.subarray(2));
  assert.equal(await text(input.exactly(3)), "cde");
});
