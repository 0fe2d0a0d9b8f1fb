import { join } from "node:path";
import { startBareEngine } from "../support/bare_engine.ts";
import { getStatus } from "../support/raw_http.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import type { StartedWindlass } from "../support/windlass_instance.ts";
import { startWindlass } from "../support/windlass_instance.ts";
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** From the command that starts an engine to the first answer of its API, both with data of an earlier start. */
export async function measureStart(quick: boolean): Promise<Measurement[]> {
  const rounds = quick ? 3 : 7;
  await using windlass = await startWindlass();
  await using data = await openTemporaryFolder("windlass-bench-data");
  const dataFolder = join(data.path, "docker");
  await Deno.mkdir(dataFolder);
  const bare: number[] = [];
  const daemon: number[] = [];
  const whole: number[] = [];
  for (let round = -1; round < rounds; round++) {
    await windlass.run(["stop"]);
    const bareTimes = await startBareOnce(dataFolder);
    const milliseconds = await startWindlassOnce(windlass);
    // The first round fills the page cache and makes what is only made once.
    if (round < 0) continue;
    bare.push(bareTimes.whole);
    daemon.push(bareTimes.daemon);
    whole.push(milliseconds);
  }
  const line = { name: "start to first answer", unit: "ms", value: median(whole) } as const;
  return [
    {
      ...line,
      baseline: { name: "bare", value: median(bare) },
      target: { kind: "atMostTimes", factor: 1.3 },
    },
    { ...line, baseline: { name: "dockerd alone", value: median(daemon) } },
  ];
}

async function startBareOnce(dataFolder: string): Promise<{ whole: number; daemon: number }> {
  await using engine = await startBareEngine({ dataFolder });
  return { whole: engine.startMilliseconds, daemon: engine.daemonMilliseconds };
}

async function startWindlassOnce(windlass: StartedWindlass): Promise<number> {
  const begun = performance.now();
  const started = windlass.run(["start"]);
  let over = false;
  started.then(() => over = true, () => over = true);
  let answered = Number.NaN;
  while (Number.isNaN(answered) && !over) {
    if (await getStatus(windlass.socketPath, "/_ping").catch(() => 0) === 200) answered = performance.now();
    else await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await started;
  if (Number.isNaN(answered)) {
    throw new Error("Cannot measure the start: the command ended before the API answered");
  }
  return answered - begun;
}
