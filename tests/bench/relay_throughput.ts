import { join } from "node:path";
import type { BenchEngines } from "./bench_engines.ts";
import { cpuUse, engineProcesses, type Metered, metered } from "./cpu_time.ts";
import type { Measurement } from "./measurement.ts";
import { alternate, roundCount } from "./rounds.ts";
import { type Stream, streamSpeed } from "./socket_load.ts";

/** A line, and what it has to reach of a chain of copiers. */
const LINES: readonly { readonly name: string; readonly stream: Stream; readonly factor: number }[] = [
  { name: "one way down, pieces of 64 KiB", stream: "down in pieces", factor: 0.75 },
  { name: "one way up, pieces of 64 KiB", stream: "up", factor: 0.75 },
  { name: "one way down, output of a container", stream: "down as output", factor: 0.8 },
];

/** Speed of one stream in one direction: stdin and stdout of a program in a container. */
export async function measureThroughput(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const bytes = quick ? 33_554_432 : 134_217_728;
  const processes = await engineProcesses(engines.windlass);
  const { bare, windlass } = engines;
  const results: Measurement[] = [];
  for (const { name, stream, factor } of LINES) {
    const samples = await alternate(roundCount(quick), {
      bare: () => metered({}, () => streamSpeed(bare.socketPath, bare.socketPath, stream, bytes)),
      windlass: () =>
        metered(processes, () => streamSpeed(windlass.socketPath, windlass.socketPath, stream, bytes)),
      chain: () => overChain(engines, stream, bytes),
    });
    const cpu = (of: readonly Metered<number>[]) => cpuUse("GB", of, () => bytes / 1e9);
    const speeds = (of: readonly Metered<number>[]) => of.map(({ value }) => value);
    const line = { name, unit: "MB/s", rounds: speeds(samples.windlass) } as const;
    results.push({
      ...line,
      baseline: { name: "copier chain", rounds: speeds(samples.chain), cpu: cpu(samples.chain) },
      target: { kind: "atLeastTimes", factor },
      cpu: cpu(samples.windlass),
    });
    results.push({ ...line, baseline: { name: "bare", rounds: speeds(samples.bare) } });
  }
  return results;
}

async function overChain(engines: BenchEngines, stream: Stream, bytes: number): Promise<Metered<number>> {
  const socketPath = join(engines.folder, `copiers-${crypto.randomUUID()}.sock`);
  await using chain = await engines.copier.openSocket(socketPath);
  return await chain.metered(
    () => streamSpeed(engines.windlass.socketPath, socketPath, stream, bytes),
  );
}
