import { join } from "node:path";
import { type BareEngine, startBareEngine } from "../support/bare_engine.ts";
import { type DockerClient, openDockerClient } from "../support/docker_client.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { importTestImage, TEST_IMAGE } from "../support/test_image.ts";
import { type StartedWindlass, startWindlass } from "../support/windlass_instance.ts";
import { type Copier, installCopier } from "./copier_chain.ts";
import { type ExecChain, openExecChain } from "./exec_chain.ts";

/** Name of the container in which programs run that take or give bytes. */
export const BOX = "bench-box";

/** The engines that one run compares, each with the test image and a running container. */
export interface BenchEngines extends AsyncDisposable {
  readonly bare: BareEngine;
  readonly bareDocker: DockerClient;
  readonly windlass: StartedWindlass;
  readonly windlassDocker: DockerClient;
  /** A socket whose every connection is a `wsl` process of its own. */
  readonly chain: ExecChain;
  readonly copier: Copier;
  /** A folder for large files. */
  readonly folder: string;
}

/** Starts them. Disposal leaves nothing behind. */
export async function openBenchEngines(): Promise<BenchEngines> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-bench")).path;
  const bare = owned.use(await startBareEngine());
  const bareDocker = owned.use(await openDockerClient(bare.dockerHost));
  const windlass = owned.use(await startWindlass());
  const windlassDocker = owned.use(await openDockerClient(windlass.dockerHost));
  for (const docker of [bareDocker, windlassDocker]) {
    await importTestImage(docker);
    await docker.run(["run", "-d", "--name", BOX, TEST_IMAGE, "sleep", "100000"]);
  }
  await refuseUnlikeEngines(bareDocker, windlassDocker);
  const chain = owned.use(await openExecChain(windlass, join(folder, "chain.sock")));
  const copier = await installCopier(windlass);
  const stack = owned.move();
  return {
    bare,
    bareDocker,
    windlass,
    windlassDocker,
    chain,
    copier,
    folder,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** @throws {Error} if the engines would do different work, such as with another store of images. */
async function refuseUnlikeEngines(...engines: readonly DockerClient[]): Promise<void> {
  const format = "{{.ServerVersion}}, {{.Driver}}, {{.DriverStatus}}, {{.LoggingDriver}}, {{.CgroupDriver}}";
  const kinds = await Promise.all(engines.map((docker) => docker.run(["info", "--format", format])));
  if (new Set(kinds).size > 1) throw new Error(`Cannot compare unlike engines: ${kinds.join(" and ")}`);
}
