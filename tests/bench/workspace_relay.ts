import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchEngines } from "./bench_engines.ts";
import type { Measurement } from "./measurement.ts";
import { alternate, roundCount } from "./rounds.ts";
import { requestTimes } from "./socket_load.ts";
import { percentile } from "./statistics.ts";

/** Requests in one round. */
const TRIPS = 1_000;
/** What a round trip from a workspace may take of one on the bare socket. */
const TRIP_FACTOR = 2;
const PROGRAM = fileURLToPath(import.meta.resolve("./workspace_relay_program.ts"));
const PATHS = ["/_ping", "/containers/json"];

/** Round trips through the relay of a workspace, which runs beside dockerd, and on dockerd's own socket. */
export async function measureWorkspaceRelay(
  { bare, folder }: BenchEngines,
  quick: boolean,
): Promise<Measurement[]> {
  const socketPath = join(folder, "workspace.sock");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", PROGRAM, socketPath, bare.socketPath],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  try {
    if ((await child.stdout.getReader().read()).done) {
      throw new Error("Cannot measure: the relay did not start");
    }
    const measurements: Measurement[] = [];
    for (const path of PATHS) {
      const samples = await alternate(roundCount(quick), {
        bare: () => requestTimes(bare.socketPath, path, TRIPS),
        workspace: () => requestTimes(socketPath, path, TRIPS),
      });
      measurements.push(...[50, 99].map((percent): Measurement => {
        const times = (of: readonly number[][]) => of.map((values) => percentile(values, percent));
        return {
          name: `round trip of GET ${path} p${percent}`,
          unit: "µs",
          rounds: times(samples.workspace),
          baseline: { name: "bare", rounds: times(samples.bare) },
          ...percent === 50 ? { target: { kind: "atMostTimes", factor: TRIP_FACTOR } } : {},
        };
      }));
    }
    return measurements;
  } finally {
    await child.stdin.close();
    await child.status;
  }
}
