import assert from "node:assert/strict";
import { type DockerClient, openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { findRole } from "../../support/instance_processes.ts";
import { freePorts } from "../../support/free_ports.ts";
import { processesOfInstance } from "../../support/process_tree.ts";
import { formatRequest, RawConnection } from "../../support/raw_http.ts";
import { importTestImage, TEST_IMAGE } from "../../support/test_image.ts";
import { type StartedWindlass, startWindlass } from "../../support/windlass_instance.ts";

/** Containers that come and go, and how many are there at a time. */
const CONTAINERS = 48;
const AT_ONCE = 4;
/** Clients that wait for events, and leave without a word. */
const WATCHERS = 20;
/** 'docker run' returns before all of its traces are gone; far above what that takes while other tests run. */
const SETTLED_MILLISECONDS = 60_000;

Deno.test("containers that come and go all day leave nothing behind", async () => {
  await using windlass = await startWindlass();
  await using docker = await openDockerClient(windlass.dockerHost);
  await importTestImage(docker);
  await comeAndGo(docker, AT_ONCE); // what is only made once
  const before = await eventually(async () => {
    const found = await traces(windlass, {});
    // Of the containers just now, nothing may be taken for what is there for good.
    assert.deepEqual([found.ports, found.proxies], [0, 0]);
    assert.deepEqual((await traces(windlass, found.descriptors)).targets, found.targets);
    return found;
  }, SETTLED_MILLISECONDS);
  {
    using watchers = new DisposableStack();
    for (let index = 0; index < WATCHERS; index++) {
      const watcher = watchers.use(await RawConnection.open(windlass.socketPath));
      await watcher.write(formatRequest("GET", "/events"));
      await watcher.readUntil("\r\n\r\n");
    }
    await comeAndGo(docker, CONTAINERS);
  }
  await eventually(
    async () => assert.deepEqual(await traces(windlass, before.descriptors), before),
    SETTLED_MILLISECONDS,
  );
});

/** Runs containers that publish a port, print a line and end. */
async function comeAndGo(docker: DockerClient, count: number): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next++ < count) {
      const port = freePorts();
      const line = await docker.run(["run", "--rm", "-p", `${port}:80`, TEST_IMAGE, "echo", "hello"]);
      assert.equal(line, "hello");
    }
  }));
}

interface Traces {
  readonly connections: number;
  /** What the link carries: the agent's own streams. */
  readonly targets: readonly string[];
  readonly ports: number;
  readonly proxies: number;
  /** Open files of each process. */
  readonly descriptors: Readonly<Record<string, number>>;
}

/**
 * What there is of clients, streams, ports, processes and open files.
 *
 * @param known Where a process has no more open files than this, this is reported: it may have fewer.
 * @throws {Error} while it has more.
 */
async function traces(windlass: StartedWindlass, known: Readonly<Record<string, number>>): Promise<Traces> {
  const { connections, link } = JSON.parse(await windlass.run(["debug", "streams", "--json"]));
  assert.equal(connections.length, 0);
  const { ports } = JSON.parse(await windlass.run(["ports", "--json"]));
  const proxies = (await processesOfInstance(windlass.home)).filter(({ name }) => name === "port-proxy");
  const descriptors: Record<string, number> = {};
  for (const role of ["host", "agent", "wslService"] as const) {
    const { pid } = await findRole(windlass, role);
    const open = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
    const most = known[role] ?? open + SPARE_DESCRIPTORS;
    if (open > most) throw new Error(`the ${role} has ${open} open files, and had ${most}`);
    descriptors[role] = most;
  }
  const targets = (link.streams as { target: string }[]).map(({ target }) => target).sort();
  return {
    connections: connections.length,
    targets,
    ports: ports.length,
    proxies: proxies.length,
    descriptors,
  };
}

/** Files that a process may have open for a moment, such as those that it reads. */
const SPARE_DESCRIPTORS = 4;
