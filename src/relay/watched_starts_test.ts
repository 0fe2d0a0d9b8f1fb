import assert from "node:assert/strict";
import type { Duplex } from "../streams/duplex.ts";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { containerToStart, refusalIn, WatchedStarts } from "./watched_starts.ts";

const START = "POST /v1.47/containers/a/start HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n";
const REFUSAL = '{"message":"taken"}\n';
const REFUSED = `HTTP/1.1 500 Internal Server Error\r\nContent-Length: ${REFUSAL.length}\r\n\r\n${REFUSAL}`;
const STARTED = "HTTP/1.1 204 No Content\r\n\r\n";

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function textFrom(stream: { read(): Promise<Uint8Array | null> }): Promise<string | null> {
  const bytes = await stream.read();
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

/** A connection whose watch asks for `repeats` repetitions, and dockerd's end of it. */
function watched(repeats: number) {
  const [own, dockerd] = createMemoryDuplexPair();
  const seen: string[] = [];
  const connection = new WatchedStarts(own, {
    before: (container) => {
      seen.push(`before ${container}`);
      return Promise.resolve();
    },
    refused: (container, refusal, refusals) => {
      seen.push(`refused ${container} ${refusal.trim()} ${refusals}`);
      return Promise.resolve(refusals <= repeats);
    },
  });
  return { connection, dockerd, seen };
}

/** Sends, and resolves once dockerd has read it; a write of these connections waits for its reader. */
async function send(connection: WatchedStarts, dockerd: Duplex, text: string): Promise<void> {
  const sent = connection.write(bytesOf(text));
  assert.equal(await textFrom(dockerd), text);
  await sent;
}

Deno.test("WatchedStarts repeats a refused start, and hands on the answer of the last", async () => {
  const { connection, dockerd, seen } = watched(2);
  const answer = textFrom(connection);
  await send(connection, dockerd, START);
  for (let time = 0; time < 2; time++) {
    await dockerd.write(bytesOf(REFUSED.slice(0, 60)));
    await dockerd.write(bytesOf(REFUSED.slice(60)));
    assert.equal(await textFrom(dockerd), START);
  }
  await dockerd.write(bytesOf(STARTED));
  assert.equal(await answer, STARTED);
  assert.deepEqual(seen, ["before a", `refused a ${REFUSAL.trim()} 1`, `refused a ${REFUSAL.trim()} 2`]);
});

Deno.test("WatchedStarts hands on a refusal that is not to be repeated, byte for byte", async () => {
  const { connection, dockerd } = watched(0);
  for (let time = 0; time < 2; time++) {
    await send(connection, dockerd, START);
    const answer = textFrom(connection);
    await dockerd.write(bytesOf(REFUSED));
    assert.equal(await answer, REFUSED);
  }
});

Deno.test("WatchedStarts leaves a connection alone on which more was sent before the answer", async () => {
  const { connection, dockerd, seen } = watched(1);
  await send(connection, dockerd, START);
  await send(connection, dockerd, "GET /info HTTP/1.1\r\n\r\n");
  const answer = textFrom(connection);
  await dockerd.write(bytesOf(REFUSED));
  assert.equal(await answer, REFUSED);
  assert.deepEqual(seen, ["before a"]);
});

Deno.test("WatchedStarts hands on what has arrived when the engine ends in the middle of an answer", async () => {
  const { connection, dockerd } = watched(1);
  await send(connection, dockerd, START);
  const answer = textFrom(connection);
  await dockerd.write(bytesOf(REFUSED.slice(0, 40)));
  await dockerd.closeWrite();
  assert.equal(await answer, REFUSED.slice(0, 40));
  assert.equal(await textFrom(connection), null);
});

for (
  const [request, container] of [
    [START, "a"],
    ["POST /containers/web_1/restart?t=5 HTTP/1.1\r\nHost: d\r\n\r\n", "web_1"],
    ["POST /containers/a/start HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", "a"],
    ["POST /containers/a/start HTTP/1.1\r\nContent-Length: 2\r\n\r\n", undefined],
    [`${START}GET /info HTTP/1.1\r\n\r\n`, undefined],
    ["POST /exec/a/start HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", undefined],
    ["POST /containers/a/start HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", undefined],
    ["GET /containers/a/start HTTP/1.1\r\n\r\n", undefined],
    ["POST", undefined],
  ] as const
) {
  Deno.test(`containerToStart() finds ${container ?? "nothing"} in ${JSON.stringify(request)}`, () => {
    assert.equal(containerToStart(bytesOf(request)), container);
  });
}

Deno.test("refusalIn() waits for the whole of a failure, and for nothing else", () => {
  assert.equal(refusalIn(bytesOf(REFUSED)), REFUSAL);
  assert.equal(refusalIn(bytesOf(REFUSED.slice(0, -1))), "unfinished");
  assert.equal(refusalIn(bytesOf("HTTP/1.1 50")), "unfinished");
  assert.equal(refusalIn(bytesOf(STARTED)), undefined);
  assert.equal(refusalIn(bytesOf(`${REFUSED}more`)), undefined);
  assert.equal(refusalIn(bytesOf("HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n")), undefined);
});
