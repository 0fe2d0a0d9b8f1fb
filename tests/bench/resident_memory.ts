import { findRole, type Role } from "../support/instance_processes.ts";
import type { StartedWindlass } from "../support/windlass_instance.ts";
import type { Measurement, Target } from "./measurement.ts";

/** Megabytes that a process may hold, all of its pages counted, shared ones too. */
const LIMITS: readonly [Role, number | undefined][] = [["host", 80], ["agent", 60], [
  "wslService",
  undefined,
]];

/** Resident memory of the parts of Windlass, after whatever the bench did before. */
export async function measureMemory(windlass: StartedWindlass, when: string): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const [role, limit] of LIMITS) {
    const { pid } = await findRole(windlass, role);
    const text = await Deno.readTextFile(`/proc/${pid}/smaps_rollup`);
    const target: Target | undefined = limit === undefined ? undefined : { kind: "atMost", amount: limit };
    const resident = {
      name: `memory of ${role} ${when}, resident`,
      unit: "MB",
      value: field(text, ["Rss"]),
    } as const;
    results.push(target ? { ...resident, target } : resident);
    const value = field(text, ["Private_Clean", "Private_Dirty"]);
    results.push({ name: `memory of ${role} ${when}, private`, unit: "MB", value });
  }
  return results;
}

function field(text: string, names: readonly string[]): number {
  const kilobytes = names.map((name) =>
    Number(text.match(new RegExp(`^${name}: *(\\d+) kB`, "m"))?.[1] ?? 0)
  );
  return kilobytes.reduce((sum, value) => sum + value, 0) * 1_024 / 1_000_000;
}
