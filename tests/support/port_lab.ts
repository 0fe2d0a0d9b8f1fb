import { join } from "node:path";
import { type DockerClient, openDockerClient } from "./docker_client.ts";
import { REPOSITORY } from "./repository.ts";
import { type CommandResult, runChecked, runCommand } from "./run_command.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";
import { importTestImage, TEST_IMAGE } from "./test_image.ts";
import { type StartedWindlass, startWindlass } from "./windlass_instance.ts";

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
   * Runs a container with that server and resolves when it runs.
   *
   * @param options Further arguments of `docker run`, such as `-p`.
   * @param services Such as `http:80` and `udp:53`.
   */
  serve(name: string, options: readonly string[], services: readonly string[]): Promise<CommandResult>;
}

/** Starts everything; disposal leaves nothing behind. */
export async function openPortLab(): Promise<PortLab> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-ports")).path;
  const service = await compilePortService(folder);
  const windlass = owned.use(await startWindlass());
  const docker = owned.use(await openDockerClient(windlass.dockerHost));
  await importTestImage(docker);
  const stack = owned.move();
  return {
    ...{ windlass, docker, folder, service },
    serve: (name, options, services) =>
      docker.attempt([
        ...["run", "-d", "--name", name, "-v", `${service}:/service`],
        ...[...options, TEST_IMAGE, "/service", ...services],
      ]),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Compiles `port_service.c` into a folder; returns the program's path. */
export async function compilePortService(folder: string): Promise<string> {
  const program = join(folder, "port-service");
  const source = join(REPOSITORY, "tests/support/port_service.c");
  await runChecked(["gcc", "-static", "-O2", "-D_GNU_SOURCE", "-pthread", "-s", "-o", program, source]);
  return program;
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
