import { join } from "node:path";
import type { BenchEngines } from "./bench_engines.ts";
import { cpuUse, engineProcesses, type Metered, metered } from "./cpu_time.ts";
import type { Measurement } from "./measurement.ts";
import { alternate, roundCount } from "./rounds.ts";
import { pingTimes } from "./socket_load.ts";
import { percentile } from "./statistics.ts";

/** Pings in one round. A connection of the socat chain is a `wsl` process of its own. */
const TRIPS = 1_000;
const CONNECTIONS = 200;
const SOCAT_CONNECTIONS = 4;
/** What a round trip may take of one over plain copiers, and a new connection of one by a process each. */
const TRIP_FACTOR = 1.5;
const CONNECTION_FACTOR = 0.2;

/**
 * Round trips and new connections: through Windlass, on the bare socket, and over a chain of copiers, which carries one
 * connection only. New ones are compared with a chain of socat, which starts a process for each.
 */
export async function measureLatency(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  return [...await measureTrips(engines, quick), ...await measureConnections(engines, quick)];
}

async function measureTrips(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const { bare, windlass, copier, folder } = engines;
  const processes = await engineProcesses(windlass);
  const samples = await alternate(roundCount(quick), {
    bare: () => metered({}, () => pingTimes(bare.socketPath, "trips", TRIPS)),
    windlass: () => metered(processes, () => pingTimes(windlass.socketPath, "trips", TRIPS)),
    chain: async () => {
      const socketPath = join(folder, `copiers-${crypto.randomUUID()}.sock`);
      await using chain = await copier.openSocket(socketPath);
      return await chain.metered(() => pingTimes(socketPath, "trips", TRIPS));
    },
  });
  const cpu = (of: readonly Metered<number[]>[]) => cpuUse("request", of, ({ length }) => length);
  return [50, 99].flatMap((percent): Measurement[] => {
    const times = (of: readonly Metered<number[]>[]) => of.map(({ value }) => percentile(value, percent));
    const line = { name: `round trip p${percent}`, unit: "µs", rounds: times(samples.windlass) } as const;
    const chain = { name: "copier chain", rounds: times(samples.chain) };
    const ofBare = { ...line, baseline: { name: "bare", rounds: times(samples.bare) } };
    if (percent !== 50) return [{ ...line, baseline: chain }, ofBare];
    return [
      {
        ...line,
        baseline: { ...chain, cpu: cpu(samples.chain) },
        target: { kind: "atMostTimes", factor: TRIP_FACTOR },
        cpu: cpu(samples.windlass),
      },
      ofBare,
    ];
  });
}

async function measureConnections(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const { bare, windlass, chain } = engines;
  const processes = await engineProcesses(windlass);
  const samples = await alternate(roundCount(quick), {
    bare: () => metered({}, () => pingTimes(bare.socketPath, "connections", CONNECTIONS)),
    windlass: () => metered(processes, () => pingTimes(windlass.socketPath, "connections", CONNECTIONS)),
    socat: () => metered({}, () => pingTimes(chain.socketPath, "connections", SOCAT_CONNECTIONS)),
  });
  const cpu = cpuUse("connection", samples.windlass, ({ length }) => length);
  return [50, 99].flatMap((percent): Measurement[] => {
    const times = (of: readonly Metered<number[]>[]) => of.map(({ value }) => percentile(value, percent));
    const line = { name: `new connection p${percent}`, unit: "µs", rounds: times(samples.windlass) } as const;
    const ofBare: Measurement = { ...line, baseline: { name: "bare", rounds: times(samples.bare) } };
    if (percent !== 50) return [ofBare];
    return [
      {
        ...line,
        baseline: { name: "a process each, by socat", rounds: times(samples.socat) },
        target: { kind: "atMostTimes", factor: CONNECTION_FACTOR },
        cpu,
      },
      ofBare,
    ];
  });
}
