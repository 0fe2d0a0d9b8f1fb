import { pause } from "../support/eventually.ts";
import type { BenchEngines } from "./bench_engines.ts";
import { openExec } from "./exec_stream.ts";
import type { Measurement } from "./measurement.ts";
import { openPing, ping, roundTrips } from "./ping.ts";
import { roundCount } from "./rounds.ts";
import { percentile } from "./statistics.ts";

/** Connections that are open and silent meanwhile. */
const IDLE_CONNECTIONS = 1_000;
/**
 * Writes more than all buffers on the way hold, and then ends: the program of an exec outlives its client, and an endless
 * one would keep a processor busy in all that follows.
 */
const PROGRAM = ["head", "-c", "32000000", "/dev/zero"];
/** Milliseconds until every buffer on the way to the stalled reader is full. */
const FILL_MILLISECONDS = 1_000;

/** The 99th percentiles of a round, in microseconds. */
interface StalledRound {
  readonly alone: number;
  readonly crowded: number;
  readonly stalled: number;
}

/** Round trips while many connections are idle and one client does not read what it asked for. */
export async function measureStalledReader(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const { socketPath } = engines.windlass;
  const trips = quick ? 1_000 : 2_000;
  await measureRound(socketPath, trips); // fills buffers and compiles
  const rounds: StalledRound[] = [];
  for (let round = 0; round < roundCount(quick); round++) rounds.push(await measureRound(socketPath, trips));
  const baseline = { name: "alone", rounds: rounds.map(({ alone }) => alone) };
  const name = `round trip p99, ${IDLE_CONNECTIONS.toLocaleString("en-US")} idle connections`;
  return [
    { name, unit: "µs", rounds: rounds.map(({ crowded }) => crowded), baseline },
    {
      name: `${name} and a stalled reader`,
      unit: "µs",
      rounds: rounds.map(({ stalled }) => stalled),
      baseline,
      target: { kind: "atMostTimes", factor: 2 },
    },
  ];
}

/** The order cannot change: each part adds to the one before. */
async function measureRound(socketPath: string, trips: number): Promise<StalledRound> {
  const p99 = async () => percentile(await roundTrips(socketPath, trips), 99);
  const alone = await p99();
  using idle = new DisposableStack();
  const buffer = new Uint8Array(4_096);
  for (let index = 0; index < IDLE_CONNECTIONS; index++) {
    const connection = idle.use(await openPing(socketPath));
    await ping(connection, buffer);
  }
  const crowded = await p99();
  idle.use(await openExec(socketPath, PROGRAM, false));
  await pause(FILL_MILLISECONDS);
  return { alone, crowded, stalled: await p99() };
}
