import { eventually, pause } from "../support/eventually.ts";
import { findRole } from "../support/instance_processes.ts";
import { metered, type Processes } from "./cpu_time.ts";
import type { GrowthLab } from "./growth_lab.ts";
import type { Measurement } from "./measurement.ts";

/** How long nothing is done, with the checks of the engine that fall into it. */
const QUIET_MILLISECONDS = 15_000;
const QUICK_MILLISECONDS = 3_000;
/** How long a stop of the engine may take, and the time before it. */
const STOP_MILLISECONDS = 60_000;

/** What we use of the machine while nothing is asked of us: milliseconds of CPU in a minute. */
export async function measureIdle(lab: GrowthLab, quick: boolean): Promise<Measurement[]> {
  const results: Measurement[] = [];
  const quiet = quick ? QUICK_MILLISECONDS : QUIET_MILLISECONDS;
  const measure = async (name: string, processes: Processes = lab.processes) => {
    const { cpuSeconds } = await metered(processes, () => pause(quiet));
    for (const [process, seconds] of Object.entries(cpuSeconds)) {
      if (process === "wsl") continue; // the link: it only waits
      const rounds = [seconds * 1_000 * 60_000 / quiet];
      results.push({ name: `CPU of a quiet minute, ${name}: ${process}`, unit: "ms", rounds });
    }
  };
  await measure("engine up");
  const ids: string[] = [];
  for (const size of quick ? [5] : [10, 100]) {
    const created = await lab.create(size - ids.length);
    await lab.forEach(created, "POST", (id) => `/containers/${id}/start`);
    ids.push(...created);
    await measure(`${size} containers`);
  }
  await lab.forEach(ids, "DELETE", (id) => `/containers/${id}?force=1`);
  await lab.windlass.run(["settings", "set", "engine.idleTimeout", "1s"]);
  await eventually(async () => {
    const { engine } = await lab.windlass.status();
    if (engine.state !== "stopped") throw new Error(`the engine is ${engine.state}`);
  }, STOP_MILLISECONDS);
  await measure("engine stopped", { host: (await findRole(lab.windlass, "host")).pid });
  return results;
}
