import assert from "node:assert/strict";
import { compiledProgram } from "./compile_once.ts";
import { type DockerClient, openDockerClient } from "./docker_client.ts";
import { eventually } from "./eventually.ts";
import { type CommandResult, runCommand } from "./run_command.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";
import { importTestImage, TEST_IMAGE } from "./test_image.ts";
import { type StartedWindlass, startWindlass, type WindlassInstanceOptions } from "./windlass_instance.ts";

/** Far above what a server needs to listen, or curl to get an answer, on a busy machine. */
const ANSWER_SECONDS = 60;

/** Windlass with what tests of ports need. */
export interface PortLab extends AsyncDisposable {
  readonly windlass: StartedWindlass;
  readonly docker: DockerClient;
  /** A folder of the test's own. */
  readonly folder: string;
  /** The server of `port_service.c`, as a file of the machine. */
  readonly service: string;
  /**
   * Runs a container with that server and resolves when it listens, or when 'docker run' has failed.
   *
   * @param options Further arguments of `docker run`, such as `-p`.
   * @param services Such as `http:80` and `udp:53`.
   */
  serve(name: string, options: readonly string[], services: readonly string[]): Promise<CommandResult>;
}

/** Starts everything; disposal leaves nothing behind. */
export async function openPortLab(options: WindlassInstanceOptions = {}): Promise<PortLab> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-ports")).path;
  const service = await compiledPortService();
  const windlass = owned.use(await startWindlass(options));
  const docker = owned.use(await openDockerClient(windlass.dockerHost));
  await importTestImage(docker);
  const stack = owned.move();
  return {
    windlass,
    docker,
    folder,
    service,
    serve: async (name, arguments_, services) => {
      const result = await docker.attempt([
        ...["run", "-d", "--name", name, "-v", `${service}:/service`],
        ...[...arguments_, TEST_IMAGE, "/service", ...services],
      ]);
      if (result.code === 0) await untilListening(docker, name);
      return result;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/**
 * Waits for the server of `port_service.c` in a container: 'docker run' and 'docker start' return before it listens.
 *
 * @param starts How often the server has been started in this container at least: it says each time that it listens.
 */
export async function untilListening(docker: DockerClient, container: string, starts = 1): Promise<void> {
  await eventually(async () => {
    const { stdout, stderr } = await docker.attempt(["logs", container]);
    const ready = stdout.match(/^ready$/gm)?.length ?? 0;
    assert.ok(ready >= starts, `'${container}' has listened ${ready} times of ${starts}: ${stdout}${stderr}`);
  }, ANSWER_SECONDS * 1_000);
}

/** The program of `port_service.c`. */
export function compiledPortService(): Promise<string> {
  const flags = ["-static", "-D_GNU_SOURCE", "-pthread", "-s"];
  return compiledProgram("tests/support/port_service.c", ...flags);
}

/** What curl gets from a URL, or how it failed. */
export function curl(url: string, ...options: string[]): Promise<CommandResult> {
  return runCommand([
    "curl",
    "--silent",
    "--show-error",
    "--noproxy",
    "*",
    "--max-time",
    String(ANSWER_SECONDS),
    ...options,
    url,
  ]);
}
