import { join } from "node:path";
import type { DockerClient } from "../support/docker_client.ts";
import type { BenchEngines } from "./bench_engines.ts";
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** `docker save` and `docker load` of an image whose bytes cannot be compressed, by the Docker CLI. */
export async function measureArchives(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const bytes = quick ? 100_000_000 : 300_000_000;
  const rounds = quick ? 3 : 5;
  const archive = join(engines.folder, "image.tar");
  const blob = join(engines.folder, "blob");
  await engines.bareDocker.shell(
    `head -c ${bytes} /dev/urandom > ${blob} && tar -C ${engines.folder} -c blob | docker import - bench:1
     docker save bench:1 > ${archive}`,
  );
  await engines.windlassDocker.shell(`docker load < ${archive}`);
  const times = { bare: archiveTimes(), windlass: archiveTimes() };
  for (let round = 0; round < rounds; round++) {
    for (
      const [name, docker] of [["bare", engines.bareDocker], ["windlass", engines.windlassDocker]] as const
    ) {
      times[name].save.push(await timed(docker, "docker save bench:1 > /dev/null"));
      await docker.run(["rmi", "bench:1"]);
      times[name].load.push(await timed(docker, `docker load < ${archive}`));
    }
  }
  return (["save", "load"] as const).map((kind): Measurement => ({
    name: `docker ${kind}, ${bytes / 1_000_000} MB`,
    unit: "ms",
    value: median(times.windlass[kind]),
    baseline: { name: "bare", value: median(times.bare[kind]) },
    target: { kind: "atMostTimes", factor: 1.15 },
  }));
}

function archiveTimes(): { save: number[]; load: number[] } {
  return { save: [], load: [] };
}

async function timed(docker: DockerClient, line: string): Promise<number> {
  const begun = performance.now();
  await docker.shell(line);
  return performance.now() - begun;
}
