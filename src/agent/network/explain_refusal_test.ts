import assert from "node:assert/strict";
import { MuxError } from "../../mux/mux_error.ts";
import { joinStreams } from "../../streams/join_streams.ts";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { explainRefusal } from "./explain_refusal.ts";

const SENTENCE =
  "Cannot connect to localhost:5000: no container publishes this port, and no program of this machine " +
  "takes it: ";

Deno.test("explainRefusal() tells clients of HTTP and TLS why nobody answers", async () => {
  for (const hello of ["GET /v2/ HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00"]) {
    const answer = await answerTo(hello, "Verbindung\r\nabgelehnt für 5000");
    assert.equal(
      answer,
      `HTTP/1.1 502 ${SENTENCE}Verbindung?abgelehnt f?r 5000\r\nContent-Type: text/plain; charset=utf-8\r\n` +
        `Connection: close\r\n\r\n${SENTENCE}Verbindung\r\nabgelehnt für 5000\n`,
      JSON.stringify(hello),
    );
  }
});

Deno.test("explainRefusal() ends the connection of any other client", async () => {
  for (const hello of ["\x93\xa4", "<30>Nov 29", ""]) {
    assert.equal(await answerTo(hello), "", JSON.stringify(hello));
  }
});

Deno.test("explainRefusal() leaves a stream that is not refused alone", async () => {
  const [inner, peer] = createMemoryDuplexPair();
  const stream = explainRefusal(inner, 5000);
  await Promise.all([stream.write(bytes("GET /")), peer.read()]);
  await Promise.all([peer.write(bytes("HTTP/1.1 200 OK")), readText(stream, "HTTP/1.1 200 OK")]);
});

/** What a client gets that says something and waits for the end. */
async function answerTo(hello: string, reason = "refused"): Promise<string> {
  const [client, side] = createMemoryDuplexPair();
  const joined = joinStreams(side, explainRefusal(refusedStream(reason), 5000));
  if (hello !== "") await client.write(bytes(hello));
  else await client.closeWrite();
  let text = "";
  try {
    for (let part = await client.read(); part !== null; part = await client.read()) {
      text += new TextDecoder().decode(part);
    }
  } catch {
    // broken off
  }
  client.close();
  await joined;
  return text;
}

function refusedStream(detail: string): Duplex {
  const refused = () => Promise.reject(new MuxError("REFUSED", "Cannot use stream 1", { detail }));
  const close = () => {};
  return { read: refused, write: refused, closeWrite: refused, close, [Symbol.dispose]: close };
}

async function readText(stream: Duplex, expected: string): Promise<void> {
  assert.equal(new TextDecoder().decode(await stream.read() ?? new Uint8Array()), expected);
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
