import type { BenchEngines } from "./bench_engines.ts";
import type { Measurement } from "./measurement.ts";
import { newConnections, roundTrips } from "./ping.ts";
import { percentile } from "./statistics.ts";

/** Microseconds that the relay may add to a round trip. */
const ADDED_MICROSECONDS = 150;

/** New connections and round trips: through Windlass, on the bare socket, and by a process per connection. */
export async function measureLatency(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const blocks = quick ? 4 : 10;
  const results = { bare: samples(), windlass: samples(), chain: samples() };
  // In turns, so that a machine that is slow for a while is slow for all of them.
  for (let block = 0; block < blocks; block++) {
    for (const [name, socketPath] of sockets(engines)) {
      const isChain = name === "chain";
      results[name].connections.push(...await newConnections(socketPath, isChain ? 4 : 100));
      results[name].trips.push(...await roundTrips(socketPath, isChain ? 20 : 400));
    }
  }
  const { bare, windlass, chain } = results;
  return [50, 99].flatMap((percent): Measurement[] => [
    {
      name: `new connection p${percent}`,
      unit: "µs",
      value: percentile(windlass.connections, percent),
      baseline: { name: "bare", value: percentile(bare.connections, percent) },
    },
    ...chain.connections.length === 0 ? [] : [
      {
        name: `new connection p${percent}`,
        unit: "µs",
        value: percentile(windlass.connections, percent),
        baseline: { name: "socat exec", value: percentile(chain.connections, percent) },
        target: { kind: "atMostTimes", factor: 0.2 },
      } satisfies Measurement,
    ],
    {
      name: `round trip p${percent}`,
      unit: "µs",
      value: percentile(windlass.trips, percent),
      baseline: { name: "bare", value: percentile(bare.trips, percent) },
      target: { kind: "atMostPlus", amount: ADDED_MICROSECONDS },
    },
  ]);
}

type Socket = "bare" | "windlass" | "chain";

function sockets({ bare, windlass, chain }: BenchEngines): [Socket, string][] {
  const list: [Socket, string][] = [["bare", bare.socketPath], ["windlass", windlass.socketPath]];
  return chain ? [...list, ["chain", chain.socketPath]] : list;
}

function samples(): { connections: number[]; trips: number[] } {
  return { connections: [], trips: [] };
}
