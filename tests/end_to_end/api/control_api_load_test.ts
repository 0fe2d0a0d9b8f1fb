// lock: flood
import assert from "node:assert/strict";
import { EventStreams, type SentEvent } from "../../../src/api/event_streams.ts";
import { API_LIMITS } from "../../../src/api/api_limits.ts";
import { WindlassClient } from "../../../mod.ts";
import { startBareHost } from "../../support/bare_host.ts";
import { eventually } from "../../support/eventually.ts";
import { residentMegabytes } from "../../support/resident_megabytes.ts";

const REQUESTS = 10_000;
/** Requests under way at once: a page, a few programs, and then some. */
const AT_ONCE = 20;
const STREAMS = 200;
/**
 * Rounds until the memory has to be flat: V8 makes its heap as large as it wants it in the first ones, later on a busy
 * machine, where its collector waits for a processor.
 */
const MOST_ROUNDS = 10;
/** Rounds in a row that have to be flat. A leak grows in every round. */
const FLAT_ROUNDS = 2;
/**
 * Megabytes that the host may grow by in these rounds together: a leak of 1 KiB a request would be 20. What was
 * measured is 0 to 1 in each.
 */
const GROWTH_MEGABYTES = 8;

async function manyRequests(client: WindlassClient, count: number): Promise<void> {
  let left = count;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) assert.equal((await client.status()).engine.state, "stopped");
  }));
}

/** Opens streams, reads what each begins with, and leaves them. */
async function manyStreams(client: WindlassClient, count: number): Promise<void> {
  const end = new AbortController();
  const streams = Array.from({ length: count }, () => client.events({ signal: end.signal }));
  for (const stream of streams) assert.equal((await stream.next()).value?.type, "status");
  const rest = Promise.all(streams.map((stream) => stream.next()));
  end.abort();
  await rest;
}

Deno.test("The host's memory stays flat under 10,000 requests and 200 event streams", async () => {
  await using host = await startBareHost();
  using client = new WindlassClient({ addressFile: host.addressFile });
  const round = async () => {
    await manyStreams(client, STREAMS);
    await manyRequests(client, REQUESTS);
    return await residentMegabytes(host.address.pid);
  };
  const sizes = [await round()];
  const isFlat = () =>
    sizes.length > FLAT_ROUNDS && sizes.at(-1)! - sizes.at(-1 - FLAT_ROUNDS)! < GROWTH_MEGABYTES;
  while (!isFlat() && sizes.length < MOST_ROUNDS) sizes.push(await round());
  assert.ok(isFlat(), `the host grew in every round: ${sizes.join(", ")} MB`);
});

Deno.test("The host refuses one stream too many, and takes streams again when others have ended", async () => {
  await using host = await startBareHost();
  using client = new WindlassClient({ addressFile: host.addressFile });
  const end = new AbortController();
  const streams = Array.from({ length: API_LIMITS.streams }, () => client.events({ signal: end.signal }));
  for (const stream of streams) await stream.next();
  await assert.rejects(client.events().next(), {
    code: "WL_API_BUSY",
    message: `Cannot open another stream: ${API_LIMITS.streams} of ${API_LIMITS.streams} are open`,
  });
  end.abort();
  await eventually(async () => {
    const stream = client.events();
    await stream.next();
    await stream.return(undefined);
  }, 120_000);
});

Deno.test("A reader that stalls costs one event and what the sockets hold, and is cut off", async () => {
  const streams = new EventStreams({ ...API_LIMITS, stallMilliseconds: 500 });
  const kilobyte: SentEvent = { event: "filler", data: "x".repeat(1_024) };
  let made = 0;
  const ended = Promise.withResolvers<void>();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () =>
      streams.start(async function* () {
        try {
          while (true) {
            made++;
            yield kilobyte;
          }
        } finally {
          ended.resolve();
        }
      }),
  );
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  await ended.promise;
  await eventually(() => assert.equal(streams.open, 0), 60_000);
  // Linux buffers at most about 6 MB for a loopback connection, both ends together.
  assert.ok(made < 20_000, `${made} KiB were sent to a reader that took nothing`);
  let text = "";
  const buffer = new Uint8Array(65_536);
  while (!text.endsWith("0\r\n\r\n")) {
    const count = await connection.read(buffer);
    assert.notEqual(count, null, "the answer has no end");
    text = (text + new TextDecoder().decode(buffer.subarray(0, count!))).slice(-1_000);
  }
  assert.match(text, /event: problem\ndata: \{"code":"WL_API_READER_SLOW"/);
});
