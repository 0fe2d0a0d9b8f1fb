import assert from "node:assert/strict";
import { eventually, pause } from "../../support/eventually.ts";
import { formatRequest, RawConnection } from "../../support/raw_http.ts";
import type { CaseContext, ClientCase } from "../client_case.ts";

/** Clients that are killed in one case. */
const KILLED_CLIENTS = 15;
/** Counts of the sockets before: dockerd closes a moment later what earlier clients have left, so the fewest apply. */
const COUNTS = 3;
/** Sockets more or less that dockerd may hold for reasons of its own, such as this client's next call. */
const SOCKET_TOLERANCE = 5;

/** What dockerd sees when its clients vanish. */
export const UPSTREAM_CASES: readonly ClientCase[] = [
  {
    name: "clients killed while they attach are gone for dockerd too",
    async run(context) {
      const { docker, image } = context;
      await docker.run(["run", "-di", "--name", "box", image, "cat"]);
      await killClients(context, () => docker.start(["attach", "--no-stdin", "box"]));
      assert.equal(await docker.run(["inspect", "--format", "{{.State.Running}}", "box"]), "true");
    },
  },
  {
    name: "clients killed while they follow logs and events are gone for dockerd too",
    async run(context) {
      const { docker, image } = context;
      await docker.run(["run", "-d", "--name", "box", image, "sleep", "1000"]);
      await killClients(
        context,
        (index) => docker.start(index % 2 === 0 ? ["logs", "-f", "box"] : ["events"]),
      );
    },
  },
  {
    name: "a client killed while it runs cat -i ends the container's stdin",
    async run({ docker, image }) {
      await using client = docker.start([
        "run",
        "-i",
        "--name",
        "box",
        image,
        "sh",
        "-c",
        "echo up; cat; echo over",
      ]);
      await client.waitFor(/up/);
      client.kill("SIGKILL");
      await client.ended();
      await eventually(async () => {
        assert.equal(await docker.run(["inspect", "--format", "{{.State.Status}}", "box"]), "exited");
      });
      assert.equal(await docker.run(["logs", "box"]), "up\nover");
    },
  },
  {
    name: "a client that half-closes during events is answered with the end",
    async run({ socketPath }) {
      using connection = await RawConnection.open(socketPath);
      await connection.write(formatRequest("GET", "/events"));
      await connection.readUntil("\r\n\r\n");
      await connection.connection.closeWrite();
      await connection.readToEnd();
    },
  },
  {
    name: "a client gone in the middle of an upload leaves the engine well",
    async run({ docker, socketPath }) {
      for (let index = 0; index < 5; index++) {
        using connection = await RawConnection.open(socketPath);
        const headers = ["Content-Type: application/x-tar", "Content-Length: 100000000"];
        await connection.write(
          `POST /images/load HTTP/1.1\r\nHost: docker\r\n${headers.join("\r\n")}\r\n\r\n`,
        );
        await connection.write(new Uint8Array(300_000)).catch(() => {});
      }
      await docker.run(["ps"]);
    },
  },
  {
    name: "a reader that stalls stops neither the container's engine nor other clients",
    async run({ docker, socketPath, image }) {
      await docker.run([
        "run",
        "-d",
        "--name",
        "box",
        image,
        "sh",
        "-c",
        "yes 0123456789012345678901234567890123456789",
      ]);
      using stalled = await RawConnection.open(socketPath);
      await stalled.write(formatRequest("GET", "/containers/box/logs?follow=1&stdout=1"));
      await stalled.readUntil("\r\n\r\n");
      await pause(1_000);
      const times: number[] = [];
      for (let index = 0; index < 20; index++) {
        using connection = await RawConnection.open(socketPath);
        const begun = performance.now();
        assert.equal((await connection.request("GET", "/_ping")).status, 200);
        times.push(performance.now() - begun);
      }
      // A machine may stand still for one of them; a client that has to wait for the stalled reader waits each time.
      const median = times.sort((one, other) => one - other)[times.length >> 1]!;
      assert.ok(median < 2_000, `milliseconds: ${times.map(Math.round).join(" ")}`);
      await docker.run(["rm", "--force", "box"]);
    },
  },
];

async function killClients(
  context: CaseContext,
  start: (index: number) => ReturnType<CaseContext["docker"]["start"]>,
): Promise<void> {
  let before = Infinity;
  for (let count = 0; count < COUNTS; count++) before = Math.min(before, await countDaemonSockets(context));
  await using clients = new AsyncDisposableStack();
  for (let index = 0; index < KILLED_CLIENTS; index++) clients.use(start(index));
  await eventually(async () => {
    const more = await countDaemonSockets(context) - before;
    assert.ok(more >= KILLED_CLIENTS, `${KILLED_CLIENTS} clients have only ${more} sockets`);
  });
  await clients.disposeAsync();
  await eventually(async () => {
    const left = await countDaemonSockets(context) - before;
    assert.ok(left <= SOCKET_TOLERANCE, `${left} sockets of ${KILLED_CLIENTS} killed clients are still open`);
  });
}

/** Sockets that dockerd holds, seen by a container that shares the engine's process list. */
async function countDaemonSockets({ docker, image }: CaseContext): Promise<number> {
  const script =
    'for p in /proc/[0-9]*; do [ "$(cat $p/comm 2>/dev/null)" = dockerd ] && ls -l $p/fd | grep -c socket:; done; true';
  const options = ["--rm", "--privileged", "--pid", "host"];
  // Two numbers are printed while a child of dockerd has not become another program yet.
  const printed = await eventually(async () => {
    const text = await docker.run(["run", ...options, image, "sh", "-c", script]);
    assert.match(text, /^\d+$/);
    return text;
  });
  return Number(printed);
}
