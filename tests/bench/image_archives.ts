import { join } from "node:path";
import type { DockerClient } from "../support/docker_client.ts";
import type { BenchEngines } from "./bench_engines.ts";
import { cpuUse, engineProcesses, type Metered, metered, type Processes } from "./cpu_time.ts";
import type { Measurement } from "./measurement.ts";
import { alternate, roundCount } from "./rounds.ts";

const IMAGE = "bench:1";
const FACTORS = { save: 1.2, load: 1.25 };

/** Milliseconds of both, one after the other. */
type Archived = Readonly<Record<"save" | "load", Metered<number>>>;

/** `docker save` and `docker load` of an image whose bytes cannot be compressed, by the Docker CLI. */
export async function measureArchives(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const bytes = quick ? 100_000_000 : 300_000_000;
  const archive = join(engines.folder, "image.tar");
  const blob = join(engines.folder, "blob");
  await engines.bareDocker.shell(
    `head -c ${bytes} /dev/urandom > ${blob} && tar -C ${engines.folder} -c blob | docker import - ${IMAGE}
     docker save ${IMAGE} > ${archive}`,
  );
  await engines.windlassDocker.shell(`docker load < ${archive}`);
  const processes = await engineProcesses(engines.windlass);
  const { bare, windlass } = await alternate(roundCount(quick), {
    bare: () => saveAndLoad(engines.bareDocker, archive, {}),
    windlass: () => saveAndLoad(engines.windlassDocker, archive, processes),
  });
  return (["save", "load"] as const).map((kind): Measurement => ({
    name: `\`docker ${kind}\`, ${bytes / 1_000_000} MB`,
    unit: "ms",
    rounds: windlass.map((one) => one[kind].value),
    baseline: { name: "bare", rounds: bare.map((one) => one[kind].value) },
    target: { kind: "atMostTimes", factor: FACTORS[kind] },
    cpu: cpuUse("GB", windlass.map((one) => one[kind]), () => bytes / 1e9),
  }));
}

async function saveAndLoad(docker: DockerClient, archive: string, processes: Processes): Promise<Archived> {
  const save = await metered(processes, () => timed(docker, `docker save ${IMAGE} > /dev/null`));
  await docker.run(["rmi", IMAGE]);
  // What the last load has left to be written to the disk would be written during this one.
  await docker.shell("sync");
  const load = await metered(processes, () => timed(docker, `docker load < ${archive}`));
  return { save, load };
}

async function timed(docker: DockerClient, line: string): Promise<number> {
  const begun = performance.now();
  await docker.shell(line);
  return performance.now() - begun;
}
