/** A request that hangs is shown with the place where it hangs: one instance, and a request for each station. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { ReportedConnection, StreamsReport } from "../../../src/api/resources/streams_report.ts";
import { openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { findRole, type Role } from "../../support/instance_processes.ts";
import { RawConnection } from "../../support/raw_http.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { importTestImage, TEST_IMAGE } from "../../support/test_image.ts";
import {
  openWindlassInstance,
  type StartedWindlass,
  startWindlass,
} from "../../support/windlass_instance.ts";

/** Larger than every window and socket buffer on the way together. */
const BIG_MEGABYTES = 64;
/** The slow container holds the engine's stop up until the test opens the gate: the file /gate/open. */
const SLOW_SCRIPT = `trap "while [ ! -e /gate/open ]; do sleep 0.1; done; exit 0" TERM; echo ready; ` +
  "while :; do sleep 0.1; done";

interface LogLine {
  readonly source: string;
  readonly event: string;
  readonly fields?: Readonly<Record<string, string | number>>;
}

async function report(instance: StartedWindlass): Promise<StreamsReport> {
  return JSON.parse(await instance.run(["debug", "streams", "--json"]));
}

/** Waits until the request with this path is at the station, and shows where it was instead. */
async function untilAt(
  instance: StartedWindlass,
  path: string,
  station: string,
): Promise<ReportedConnection> {
  return await eventually(async () => {
    const { connections, agent } = await report(instance);
    const found = connections.find(({ requests }) => requests[0]?.path === path);
    assert.equal(found?.station, station, JSON.stringify({ connections, agent }));
    return found!;
  });
}

/** Stops a process of the instance until disposed. */
async function frozen(instance: StartedWindlass, role: Role): Promise<Disposable> {
  const { pid } = await findRole(instance, role);
  Deno.kill(pid, "SIGSTOP");
  return { [Symbol.dispose]: () => Deno.kill(pid, "SIGCONT") };
}

Deno.test("windlass debug streams names the station of a request", async (test) => {
  // Outlives the instance, whose container looks into it until it ends.
  await using gate = await openTemporaryFolder("windlass-gate");
  await using prepared = await openWindlassInstance();
  await prepared.run(["settings", "set", "log.level", "debug"]);
  await using instance = await startWindlass({ home: prepared.home });
  await using docker = await openDockerClient(instance.dockerHost);
  await importTestImage(docker);
  const fill = `dd if=/dev/zero of=/big bs=1M count=${BIG_MEGABYTES}; exec sleep 1000`;
  await docker.run(["run", "--detach", "--name", "big", "--stop-timeout", "0", TEST_IMAGE, "sh", "-c", fill]);
  const open = () => RawConnection.open(instance.socketPath);

  await test.step("where an attached client has nothing to say", async () => {
    using client = await open();
    const path = "/containers/big/attach?stream=1&stdout=1";
    await client.write(`POST ${path} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
    await client.readUntil("\r\n\r\n");
    await untilAt(instance, path, "raw stream");
  });

  await test.step("where the client does not send the rest of its request", async () => {
    using client = await open();
    await client.write("POST /images/load HTTP/1.1\r\nHost: d\r\nContent-Length: 1000\r\n\r\nten bytes.");
    await untilAt(instance, "/images/load", "waiting for the client to send the rest of the request");
  });

  await test.step("where the client does not read", async () => {
    using client = await open();
    await eventually(async () => {
      const size = await docker.run(["exec", "big", "stat", "-c", "%s", "/big"]);
      assert.equal(Number(size), BIG_MEGABYTES * 1024 * 1024);
    });
    await client.write("GET /containers/big/archive?path=/big HTTP/1.1\r\nHost: d\r\n\r\n");
    const { stream } = await untilAt(instance, "/containers/big/archive?path=…", "client is not reading");
    await eventually(async () => {
      const found = (await report(instance)).link!.streams.find(({ id }) => id === stream)!;
      assert.equal(found.target, "unix:/run/docker.sock");
      // A busy agent may not answer one report.
      assert.equal(found.agent?.station, "joined");
      assert.ok(found.bufferedBytes > 0, JSON.stringify(found));
    });
  });

  await test.step("where dockerd does not answer", async () => {
    using client = await open();
    {
      using _ = await frozen(instance, "dockerd");
      await client.write("GET /info HTTP/1.1\r\nHost: d\r\n\r\n");
      await untilAt(instance, "/info", "dockerd has not answered");
    }
    assert.match(await client.readUntil("\r\n\r\n"), /^HTTP\/1\.1 200 OK\r\n/);
  });

  await test.step("where the agent does not answer", async () => {
    using client = await open();
    {
      using _ = await frozen(instance, "agent");
      await client.write("GET /version HTTP/1.1\r\nHost: d\r\n\r\n");
      await untilAt(instance, "/version", "agent does not answer");
      const { link, agent } = await report(instance);
      assert.equal(link!.pingMs, null);
      assert.deepEqual([agent!.answers, agent!.problem], [false, "no answer within 2 s"]);
      assert.match(await instance.run(["debug", "streams"]), /^Agent: {2}does not answer: no answer/m);
    }
    assert.match(await client.readUntil("\r\n\r\n"), /^HTTP\/1\.1 200 OK\r\n/);
    await eventually(
      async () => assert.equal((await report(instance)).agent!.answers, true),
    );
  });

  await test.step("and one id for it in the relay's, the mux's and the agent's lines", async () => {
    // The connections of the steps before look like the one that is to be found until the host notices their end.
    await eventually(
      async () => assert.deepEqual((await report(instance)).connections, []),
    );
    using client = await open();
    await client.request("GET", "/_ping?x=hunter2");
    const { stream } = await eventually(async () => {
      const { connections: [found, ...others] } = await report(instance);
      assert.ok(found !== undefined);
      assert.deepEqual([found.requests, others], [[], []]);
      assert.ok(found.receivedBytes > 0);
      return found;
    });
    client.connection.close();
    const expected = [
      "agent agent.stream.joined",
      "agent mux.stream.closed",
      "agent mux.stream.opened",
      "host mux.stream.closed",
      "host mux.stream.opened",
      "host relay.request.ended",
      "host relay.stream.opened",
    ];
    await eventually(async () => {
      const text = await Deno.readTextFile(join(instance.home, "logs/windlass.jsonl"));
      const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line) as LogLine);
      const found = lines.filter(({ fields }) => fields?.["stream"] === stream);
      assert.deepEqual(found.map(({ source, event }) => `${source} ${event}`).sort(), expected);
      const ended = found.find(({ event }) => event === "relay.request.ended")!.fields!;
      assert.deepEqual([ended["method"], ended["path"], ended["status"]], ["GET", "/_ping?x=…", 200]);
      assert.ok(!text.includes("hunter2"));
    });
  });

  await test.step("where the engine is not ready", async () => {
    using gateKeeper = { [Symbol.dispose]: () => Deno.writeTextFileSync(join(gate.path, "open"), "") };
    const options = ["--name", "slow", "--stop-timeout", "100", "--volume", `${gate.path}:/gate`];
    await docker.run(["run", "--detach", ...options, TEST_IMAGE, "sh", "-c", SLOW_SCRIPT]);
    // Before its trap is set, the container would ignore the signal of the stop.
    await eventually(
      async () => assert.equal(await docker.run(["logs", "slow"]), "ready"),
    );
    const { url, token } = JSON.parse(await Deno.readTextFile(join(instance.home, "api.json")));
    const headers = { authorization: `Bearer ${token}` };
    const stopped = await fetch(`${url}/v1/engine/stop`, { method: "POST", headers });
    await stopped.body?.cancel();
    using client = await open();
    await client.write("GET /info HTTP/1.1\r\nHost: d\r\n\r\n");
    const { stream } = await untilAt(instance, "/info", "waiting for the engine");
    assert.equal(stream, null);
    assert.match((await report(instance)).engine, /^stopping/);
    gateKeeper[Symbol.dispose]();
    assert.match(await client.readUntil("\r\n\r\n"), /^HTTP\/1\.1 200 OK\r\n/);
  });
});
