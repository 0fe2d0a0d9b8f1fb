import { measureContainerGrowth } from "./growth_containers.ts";
import { measureIdle } from "./growth_idle.ts";
import { type GrowthLab, openGrowthLab } from "./growth_lab.ts";
import { measureLogLineGrowth } from "./growth_log_lines.ts";
import { measurePortGrowth } from "./growth_ports.ts";
import { measureStreamGrowth } from "./growth_streams.ts";
import type { Measurement } from "./measurement.ts";

type Part = (lab: GrowthLab, quick: boolean) => Promise<Measurement[]>;

/** What one instance measures, in this order. Where memory counts, nothing may have filled it before. */
const PARTS: readonly (readonly Part[])[] = [
  [measurePortGrowth],
  [measureStreamGrowth],
  [measureLogLineGrowth, measureContainerGrowth, measureIdle],
];

/** How the cost of our processes grows with the work, and what they cost without any. */
export async function measureGrowth(quick: boolean): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const parts of PARTS) {
    await using lab = await openGrowthLab();
    for (const measure of parts) results.push(...await measure(lab, quick));
  }
  return results;
}
