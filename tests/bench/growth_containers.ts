import { pause } from "../support/eventually.ts";
import { type CostAtSize, growthLines } from "./growth_line.ts";
import type { GrowthLab } from "./growth_lab.ts";
import type { Measurement } from "./measurement.ts";

const ROUNDS = 5;
/** Longer than the host waits after a request that may have changed what keeps the engine. */
const CHECK_MILLISECONDS = 400;

/** What containers cost us that exist and do not run. */
export async function measureContainerGrowth(lab: GrowthLab, quick: boolean): Promise<Measurement[]> {
  const sizes = quick ? [1, 10, 100] : [1, 10, 100, 1_000];
  const created: CostAtSize[] = [];
  const listed: CostAtSize[] = [];
  const checked: CostAtSize[] = [];
  const shown: CostAtSize[] = [];
  const diagnosed: CostAtSize[] = [];
  const ids: string[] = [];
  for (const size of sizes) {
    const more = size - ids.length;
    created.push({ size: more, rounds: [await lab.cost(async () => ids.push(...await lab.create(more)))] });
    const measure = async (costs: CostAtSize[], work: () => Promise<unknown>) =>
      costs.push({ size, rounds: await lab.costs(ROUNDS, work) });
    await measure(listed, () => lab.request("GET", "/containers/json?all=1"));
    await measure(checked, async () => {
      await lab.request("POST", "/auth", {}).catch(() => {}); // any request that is not a GET
      await pause(CHECK_MILLISECONDS);
    });
    await measure(shown, () => lab.windlass.run(["status", "--json"]));
    await measure(diagnosed, () => lab.windlass.run(["debug", "streams", "--json"]));
  }
  const removed = await lab.cost(() => lab.forEach(ids, "DELETE", (id) => `/containers/${id}?force=1`));
  const line = { items: "containers", unit: "µs" } as const;
  return [
    ...growthLines({ ...line, name: "create", isPerItem: true }, created),
    ...growthLines({ ...line, name: "list of containers", isPerItem: true }, listed),
    ...growthLines({ ...line, name: "check what uses the engine", isPerItem: false }, checked),
    ...growthLines({ ...line, name: "status", isPerItem: false }, shown),
    ...growthLines({ ...line, name: "debug streams", isPerItem: false }, diagnosed),
    { name: "remove: all containers, each", unit: "µs", rounds: [removed / ids.length] },
  ];
}
