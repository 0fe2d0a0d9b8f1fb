// lock: flood
/**
 * One client, container or service that takes all connections it can get, on a host with few descriptors: everyone
 * else is served all the same.
 */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { floodConnections } from "../support/connection_flood.ts";
import { eventually } from "../support/eventually.ts";
import { freePorts } from "../support/free_ports.ts";
import { curl, openPortLab, type PortLab } from "../support/port_lab.ts";
import { compiledProgram } from "../support/compile_once.ts";
import { TEST_IMAGE } from "../support/test_image.ts";

/** What a login shell may give the host. The limits below follow from it; see connection_limits.ts. */
const DESCRIPTORS = 1_024;
const PORT_LIMIT = 96;
const CONTAINER_LIMIT = 48;
const DOCKER_CLIENT_LIMIT = 256;
/** More than the host has descriptors for. */
const FLOOD = 1_200;
/** As many as a container may open. */
const CONTAINER_FLOOD = 900;

/** Longest wait for one answer in a flood, in milliseconds: users give up later than this. */
const PATIENCE_MILLISECONDS = 20_000;
/** How many times as long as all answers take without a flood one may take in it, on a machine that is slow anyway. */
const TIMES_AS_LONG = 5;
/** Without a flood: far above what any machine needs. */
const USUAL_MILLISECONDS = 120_000;

Deno.test("floods of connections take the engine away from nobody", async (test) => {
  await using lab = await openPortLab({ descriptors: DESCRIPTORS });
  const { docker, windlass } = lab;
  const { host } = await windlass.status();
  await using service = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("service"),
  );
  const floodProgram = await compiledProgram("tests/support/port_flood.c", "-static", "-s");
  const begun = performance.now();
  await serveEveryone(lab, service.addr.port, USUAL_MILLISECONDS);
  const usual = Math.round(performance.now() - begun);
  const patience = Math.max(PATIENCE_MILLISECONDS, TIMES_AS_LONG * usual);
  const within = { deadlineMilliseconds: patience };
  const everyoneIsServed = () => serveEveryone(lab, service.addr.port, patience);

  await test.step("a published port, over TCP, of a service that never closes", async () => {
    const port = freePorts();
    await lab.serve("held", ["-p", `${port}:80`], ["hold:80"]);
    {
      using flood = await floodConnections({ hostname: "127.0.0.1", port }, FLOOD);
      await eventually(() => assert.equal(flood.open, PORT_LIMIT));
      await everyoneIsServed();
    }
    // All clients have gone, which the service does not notice.
    await everyoneIsServed();
    await eventually(async () => assert.equal(await linesOf(lab, "ports.full", String(port)), 1));
    await docker.run(["rm", "-f", "held"], within);
    await lab.serve("next", ["-p", `${port}:80`], ["http:80"]);
    await eventually(() => answers(port));
    await docker.run(["rm", "-f", "next"]);
  });

  await test.step("a published port, over UDP", async () => {
    const port = freePorts();
    await lab.serve("datagrams", ["-p", `${port}:53/udp`], ["udp:53"]);
    const sockets = Array.from({ length: FLOOD / 2 }, () => createSocket("udp4"));
    for (const socket of sockets) socket.send("x", port, "127.0.0.1");
    await everyoneIsServed();
    // The newest client takes the place of the one that is silent for longest.
    await eventually(() => echoesDatagram(port));
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
    await docker.run(["rm", "-f", "datagrams"]);
  });

  await test.step("services of the machine, from one container without rights", async () => {
    using holder = holdConnections();
    const address = await hostAddress(lab);
    await docker.run([
      ...["run", "-d", "--name", "flood", "--user", "1000", "--cap-drop", "ALL"],
      ...["-v", `${floodProgram}:/flood`, TEST_IMAGE],
      ...["/flood", address, String(holder.port), String(CONTAINER_FLOOD)],
    ]);
    await eventually(async () => assert.match(await docker.run(["logs", "flood"]), /^\d+$/));
    await eventually(() => assert.equal(holder.open, CONTAINER_LIMIT));
    await everyoneIsServed();
    assert.equal(
      await fetchInside(lab, `host.docker.internal:${holder.port}`, patience),
      "held",
      "the same service, too",
    );
    await docker.run(["rm", "-f", "flood"], within);
    await everyoneIsServed();
  });

  await test.step("the Docker socket, by clients that say nothing, or half a request", async () => {
    const socket = { transport: "unix", path: windlass.socketPath } as const;
    for (const text of ["", "POST /v1.43/containers/create HTTP/1.1\r\nHost: docker\r\n"]) {
      using flood = await floodConnections(socket, FLOOD, text);
      await everyoneIsServed();
      await eventually(() => assert.ok(flood.open <= DOCKER_CLIENT_LIMIT, `${flood.open} are open`));
    }
  });

  await test.step("hundreds of 'docker logs -f'", async () => {
    await lab.serve("logged", [], ["http:80"]);
    const socket = { transport: "unix", path: windlass.socketPath } as const;
    const request = "GET /containers/logged/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: docker\r\n\r\n";
    using flood = await floodConnections(socket, 200, request);
    await everyoneIsServed();
    assert.equal(flood.open, 200);
    await docker.run(["rm", "-f", "logged"]);
  });

  await test.step("the host is still the one that was started", async () => {
    assert.deepEqual((await windlass.status()).host, host);
  });
});

/** What every user does, while somebody else floods; each step within the time. */
async function serveEveryone(lab: PortLab, servicePort: number, patience: number): Promise<void> {
  const { docker } = lab;
  const within = { deadlineMilliseconds: patience };
  const name = `probe-${crypto.randomUUID().slice(0, 8)}`;
  const port = freePorts();
  await docker.run(["ps"], within);
  const published = await lab.serve(name, ["-p", `${port}:80`], ["http:80"]);
  assert.equal(published.code, 0, published.stderr);
  await eventually(() => answers(port));
  assert.equal(await fetchInside(lab, `host.docker.internal:${servicePort}`, patience), "service");
  await docker.run(["rm", "-f", name], within);
}

async function answers(port: number): Promise<void> {
  assert.equal((await curl(`http://127.0.0.1:${port}/`)).stdout, "hello\n");
}

function fetchInside(lab: PortLab, target: string, patience: number): Promise<string> {
  const wget = ["wget", "-q", "-T", String(Math.ceil(patience / 1_000)), "-O", "-", `http://${target}/`];
  return lab.docker.run(["run", "--rm", TEST_IMAGE, ...wget], { deadlineMilliseconds: patience });
}

async function hostAddress(lab: PortLab): Promise<string> {
  const answer = await lab.docker.run([
    "run",
    "--rm",
    TEST_IMAGE,
    "nslookup",
    "-type=a",
    "host.docker.internal",
  ]);
  return /Name:\s+host\.docker\.internal\s+Address:\s+(\S+)/.exec(answer)![1]!;
}

async function linesOf(lab: PortLab, ...words: string[]): Promise<number> {
  const log = await Deno.readTextFile(`${lab.windlass.home}/logs/windlass.jsonl`);
  return log.split("\n").filter((line) => words.every((word) => line.includes(word))).length;
}

async function echoesDatagram(port: number): Promise<void> {
  const socket = createSocket("udp4");
  try {
    const answer = Promise.withResolvers<string>();
    socket.on("message", (bytes) => answer.resolve(bytes.toString()));
    const timer = setTimeout(() => answer.reject(new Error("no answer")), 1_000);
    socket.send("ping", port, "127.0.0.1");
    assert.equal(await answer.promise.finally(() => clearTimeout(timer)), "ping");
  } finally {
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}

/** A service of this machine that keeps silent connections, and answers those that ask. */
function holdConnections(): Disposable & { readonly port: number; readonly open: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.Conn>();
  const serve = async (connection: Deno.Conn) => {
    connections.add(connection);
    try {
      const buffer = new Uint8Array(4_096);
      const answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nheld";
      while (await connection.read(buffer) !== null) await connection.write(new TextEncoder().encode(answer));
    } catch {
      // The other end has gone.
    }
    if (connections.delete(connection)) connection.close();
  };
  (async () => {
    for await (const connection of listener) void serve(connection);
  })().catch(() => {}); // closed
  return {
    port: listener.addr.port,
    get open() {
      return connections.size;
    },
    [Symbol.dispose]() {
      listener.close();
      for (const connection of connections) connection.close();
      connections.clear();
    },
  };
}
