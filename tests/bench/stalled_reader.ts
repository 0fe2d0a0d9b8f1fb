import { pause } from "../support/eventually.ts";
import type { BenchEngines } from "./bench_engines.ts";
import { openExec } from "./exec_stream.ts";
import type { Measurement } from "./measurement.ts";
import { openPing, ping, roundTrips } from "./ping.ts";
import { percentile } from "./statistics.ts";

/** Connections that are open and silent meanwhile. */
const IDLE_CONNECTIONS = 1_000;
/** Milliseconds until every buffer on the way to the stalled reader is full. */
const FILL_MILLISECONDS = 1_000;

/** Round trips while many connections are idle and one client does not read what it asked for. */
export async function measureStalledReader(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const trips = quick ? 1_000 : 4_000;
  const { socketPath } = engines.windlass;
  const alone = await roundTrips(socketPath, trips);
  using idle = new DisposableStack();
  const buffer = new Uint8Array(4_096);
  for (let index = 0; index < IDLE_CONNECTIONS; index++) {
    const connection = idle.use(await openPing(socketPath));
    await ping(connection, buffer);
  }
  const crowded = await roundTrips(socketPath, trips);
  idle.use(await openExec(socketPath, ["yes"], false));
  await pause(FILL_MILLISECONDS);
  const stalled = await roundTrips(socketPath, trips);
  const baseline = { name: "alone", value: percentile(alone, 99) };
  const target = { kind: "atMostTimes", factor: 2 } as const;
  const name = `round trip p99, ${IDLE_CONNECTIONS} idle connections`;
  return [
    { name, unit: "µs", value: percentile(crowded, 99), baseline },
    { name: `${name} and a stalled reader`, unit: "µs", value: percentile(stalled, 99), baseline, target },
  ];
}
