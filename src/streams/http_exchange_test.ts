import assert from "node:assert/strict";
import { NEVER } from "../timing/sleep.ts";
import { exchangeHttp, parseAnswer } from "./http_exchange.ts";
import { createMemoryDuplexPair } from "./memory_duplex.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
const GET = { method: "GET", path: "/info", maximumBytes: 40 } as const;

/** A peer that takes the request in `pieces` reads, and answers. */
async function answer(peer: ReturnType<typeof createMemoryDuplexPair>[1], pieces: number, texts: string[]) {
  let request = "";
  for (; pieces > 0; pieces--) request += DECODER.decode(await peer.read() ?? undefined);
  for (const text of texts) await peer.write(ENCODER.encode(text)).catch(() => {});
  await peer.closeWrite();
  return request;
}

Deno.test("exchangeHttp() sends a request with its body and reads the answer to its end", async () => {
  const [ours, peer] = createMemoryDuplexPair();
  async function* body() {
    yield ENCODER.encode("ab");
    yield ENCODER.encode("c");
  }
  const headers = ["Content-Length: 3"];
  const [found, request] = await Promise.all([
    exchangeHttp(ours, { ...GET, method: "POST", headers, body: body(), signal: NEVER }),
    answer(peer, 3, ["HTTP/1.0 200 OK\r\n\r\n", "done"]),
  ]);
  assert.deepEqual(found, { status: 200, body: "done" });
  assert.equal(request, "POST /info HTTP/1.0\r\nHost: docker\r\nContent-Length: 3\r\n\r\nabc");
});

Deno.test("exchangeHttp() drops what is too long, or fails", async () => {
  const texts = ["HTTP/1.0 200 OK\r\n\r\n", "x".repeat(40), "y".repeat(40)];
  const [ours, peer] = createMemoryDuplexPair();
  const [found] = await Promise.all([exchangeHttp(ours, { ...GET, signal: NEVER }), answer(peer, 1, texts)]);
  assert.equal(found.body, "x".repeat(40));
  const [other, otherPeer] = createMemoryDuplexPair();
  const tooLong = () => new Error("it is too long");
  const failed = assert.rejects(exchangeHttp(other, { ...GET, tooLong, signal: NEVER }), {
    message: "it is too long",
  }).finally(() => other.close());
  await Promise.all([failed, answer(otherPeer, 1, texts)]);
});

Deno.test("exchangeHttp() rejects with the signal's reason", async () => {
  const controller = new AbortController();
  const [ours, peer] = createMemoryDuplexPair();
  const failed = assert.rejects(exchangeHttp(ours, { ...GET, signal: controller.signal }), {
    message: "enough",
  });
  await peer.read();
  controller.abort(new Error("enough"));
  await failed;
  await assert.rejects(exchangeHttp(ours, { ...GET, signal: controller.signal }), { message: "enough" });
});

Deno.test("parseAnswer() takes status and body from an answer", () => {
  assert.deepEqual(parseAnswer("HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\n\r\nOK"), {
    status: 200,
    body: "OK",
  });
  assert.deepEqual(parseAnswer("HTTP/1.1 503 Service Unavailable\r\n\r\n"), { status: 503, body: "" });
});

Deno.test("parseAnswer() gives status 0 to anything but a whole answer", () => {
  for (const text of ["", "HTTP/1.1 20", "SSH-2.0"]) {
    assert.deepEqual(parseAnswer(text), { status: 0, body: "" });
  }
});
