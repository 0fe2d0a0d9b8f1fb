import assert from "node:assert/strict";
import { compiledProgram } from "./compile_once.ts";
import { type DockerClient, openDockerClient } from "./docker_client.ts";
import { eventually } from "./eventually.ts";
import { type CommandResult, runCommand } from "./run_command.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";
import { importTestImage, TEST_IMAGE } from "./test_image.ts";
import { type StartedWindlass, startWindlass, type WindlassInstanceOptions } from "./windlass_instance.ts";

/** The first of the ports that these tests publish: below those that the system hands out. */
const FIRST_PORT = 21_000;
const PORT_COUNT = 8_000;

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

/** Waits for the server of `port_service.c` in a container: 'docker run' returns before it listens. */
export function untilListening(docker: DockerClient, container: string): Promise<void> {
  return eventually(async () => assert.equal(await docker.run(["logs", container]), "ready"));
}

/** The program of `port_service.c`. */
export function compiledPortService(): Promise<string> {
  const flags = ["-static", "-D_GNU_SOURCE", "-pthread", "-s"];
  return compiledProgram("tests/support/port_service.c", ...flags);
}

let lastPort = FIRST_PORT + crypto.getRandomValues(new Uint16Array(1))[0]! % PORT_COUNT;

/** The first of `count` ports in a row that nothing listens on now. */
export function freePorts(count = 1): number {
  for (let free = 0;;) {
    lastPort = lastPort + 1 < FIRST_PORT + PORT_COUNT ? lastPort + 1 : FIRST_PORT;
    free = isFree(lastPort) ? free + 1 : 0;
    if (free === count) return lastPort - count + 1;
  }
}

/** Whether both families have this TCP port free. */
export function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "::", port }).close();
    return true;
  } catch {
    return false;
  }
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
    "10",
    ...options,
    url,
  ]);
}
