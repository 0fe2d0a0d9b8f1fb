import type { BenchEngines } from "./bench_engines.ts";
import { measureDown, measureUp } from "./exec_stream.ts";
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** One-way speed of one stream each way: stdin and stdout of a program in a container. */
export async function measureThroughput(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const bytes = quick ? 67_108_864 : 268_435_456;
  const rounds = quick ? 3 : 5;
  const results: Measurement[] = [];
  for (const [name, measure] of [["up", measureUp], ["down", measureDown]] as const) {
    const speeds = { bare: [] as number[], windlass: [] as number[], chain: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      speeds.bare.push(await measure(engines.bare.socketPath, bytes));
      speeds.windlass.push(await measure(engines.windlass.socketPath, bytes));
      if (engines.chain) speeds.chain.push(await measure(engines.chain.socketPath, bytes));
    }
    const value = median(speeds.windlass);
    const line = { name: `one way ${name}`, unit: "MB/s", value } as const;
    results.push({ ...line, baseline: { name: "bare", value: median(speeds.bare) } });
    if (speeds.chain.length > 0) {
      const baseline = { name: "socat exec", value: median(speeds.chain) };
      results.push({ ...line, baseline, target: { kind: "atLeastTimes", factor: 2 } });
    }
  }
  return results;
}
