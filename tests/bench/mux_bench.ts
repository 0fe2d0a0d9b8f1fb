/**
 * What the mux costs over a child's stdio, compared with the same pipes without it.
 *
 * Run with `deno run -A tests/bench/mux_bench.ts [--json]`.
 */
import { NO_LOG } from "../../src/logging/log.ts";
import { openMuxSession } from "../../src/mux/mux_session.ts";
import type { Duplex } from "../../src/streams/duplex.ts";
import { allocateWithHeaderRoom } from "../../src/streams/header_room.ts";
import { openChildPipes } from "../../src/platform/child_pipes.ts";

const ROUND_TRIPS = 5_000;
const WARM_UP = 1_000;
const TRANSFER_BYTES = 512 * 1024 * 1024;
const REQUEST = new Uint8Array(100).fill(1);

interface Figures {
  readonly roundTripMedian: number;
  readonly roundTrip99: number;
  readonly upMegabytes: number;
  readonly downMegabytes: number;
}

/** Opens streams to a peer that knows `echo`, `sink` and `source:<bytes>`. */
type Open = (target: string) => Promise<Duplex & AsyncDisposable>;

const raw = await measure(openRaw);
const mux = await measureMux();
if (Deno.args.includes("--json")) {
  console.log(JSON.stringify({ raw, mux }));
} else {
  console.log("              rtt p50 µs  rtt p99 µs   up MB/s  down MB/s");
  for (const [name, figures] of Object.entries({ "raw stdio": raw, "mux": mux })) {
    const columns = Object.values(figures).map((value: number) => value.toFixed(0).padStart(11)).join("");
    console.log(name.padEnd(13) + columns);
  }
}

async function measure(open: Open): Promise<Figures> {
  const times = await roundTrips(open);
  return {
    roundTripMedian: times[times.length >> 1]!,
    roundTrip99: times[Math.floor(times.length * 0.99)]!,
    upMegabytes: await upload(open),
    downMegabytes: await download(open),
  };
}

/** Microseconds, sorted. */
async function roundTrips(open: Open): Promise<number[]> {
  await using stream = await open("echo");
  const times: number[] = [];
  for (let round = 0; round < ROUND_TRIPS + WARM_UP; round++) {
    const started = performance.now();
    await stream.write(REQUEST);
    for (let missing = REQUEST.length; missing > 0;) missing -= (await stream.read())!.length;
    if (round >= WARM_UP) times.push((performance.now() - started) * 1_000);
  }
  return times.sort((left, right) => left - right);
}

async function upload(open: Open): Promise<number> {
  await using stream = await open("sink");
  const buffer = allocateWithHeaderRoom(65_528);
  const started = performance.now();
  for (let sent = 0; sent < TRANSFER_BYTES; sent += buffer.length) await stream.write(buffer);
  await stream.closeWrite();
  while (await stream.read() !== null);
  return TRANSFER_BYTES / 1_000 / (performance.now() - started);
}

async function download(open: Open): Promise<number> {
  await using stream = await open(`source:${TRANSFER_BYTES}`);
  await stream.write(REQUEST);
  let total = (await stream.read())!.length; // the peer has started
  const started = performance.now();
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) total += bytes.length;
  return total / 1_000 / (performance.now() - started);
}

function startPeer(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL(args[0]!, import.meta.url).pathname, ...args.slice(1)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
}

/** One process for each stream, and nothing on its pipes but the bytes. */
function openRaw(target: string): Promise<Duplex & AsyncDisposable> {
  const child = startPeer("../fakes/raw_peer.ts", target);
  const duplex = openChildPipes(child).link;
  return Promise.resolve(Object.assign(duplex, {
    async [Symbol.asyncDispose]() {
      duplex.close();
      await child.status;
    },
  }));
}

async function measureMux(): Promise<Figures> {
  const child = startPeer("../fakes/mux_echo_peer.ts");
  await using session = openMuxSession(openChildPipes(child).link, {
    role: "host",
    accept: (stream) => stream.refuse("none"),
    log: NO_LOG,
  });
  await session.ready;
  const figures = await measure((target) => {
    const stream = session.open(target);
    return Promise.resolve(Object.assign(stream, {
      [Symbol.asyncDispose]() {
        stream.close();
        return Promise.resolve();
      },
    }));
  });
  await session.close();
  await child.status;
  return figures;
}
