/** Port numbers that dockerd chooses are free on the machine, too; a named number that is taken is refused, with its owner. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { freePorts } from "../../support/free_ports.ts";
import { curl, openPortLab, type PortLab, untilListening } from "../../support/port_lab.ts";

/** dockerd itself tries ten numbers; the last case has twice as many in its way. Other tests take some besides. */
const TAKEN = { fewest: 4, few: 8, many: 20 } as const;

Deno.test("dockerd chooses port numbers that are free on the machine", async (test) => {
  await using lab = await openPortLab();
  await lab.serve("first", ["-p", "80"], ["http:80"]);
  const first = await publishedPort(lab, "first");

  for (
    const options of [["-p", "80"], ["-p", "127.0.0.1::80"], ["-P", "--expose", "80"], ["--rm", "-p", "80"]]
  ) {
    // A start with `--rm` cannot be repeated: more than ten must not be in its way, with those of other tests.
    const count = options.includes("--rm") ? TAKEN.fewest : TAKEN.few;
    await test.step(`${options.join(" ")} with ${count} numbers in a row taken`, async () => {
      const name = options.join("").replaceAll(/[^a-z0-9]/gi, "_");
      using taken = takePorts(await newestPort(lab) + 1, count);
      await serveOnChosenPort(lab, `x${name}`, options, taken.ports);
      const port = await publishedPort(lab, `x${name}`);
      assert.ok(!taken.ports.includes(port));
      assert.equal((await curl(`http://127.0.0.1:${port}/`)).stdout, "hello\n");
      await lab.docker.run(["rm", "-f", `x${name}`]);
    });
  }

  await test.step(`${TAKEN.many} numbers in a row taken`, async () => {
    using taken = takePorts(await newestPort(lab) + 1, TAKEN.many);
    assert.equal((await lab.serve("many", ["-p", "80"], ["http:80"])).stderr, "");
    const port = await publishedPort(lab, "many");
    assert.ok(port > Math.max(...taken.ports));
    assert.equal((await curl(`http://127.0.0.1:${port}/`)).stdout, "hello\n");
  });

  await test.step("several starts at once", async () => {
    using _taken = takePorts(await newestPort(lab) + 1, TAKEN.few);
    const names = ["r1", "r2", "r3", "r4"];
    const results = await Promise.all(names.map((name) => lab.serve(name, ["-p", "80"], ["http:80"])));
    assert.deepEqual(results.map(({ stderr }) => stderr), names.map(() => ""));
    const ports = await Promise.all(names.map((name) => publishedPort(lab, name)));
    assert.equal(new Set(ports).size, names.length);
  });

  await test.step("a UDP number that is taken", async () => {
    await lab.serve("u0", ["-p", "53/udp"], ["udp:53"]);
    const next = await publishedPort(lab, "u0", "53/udp") + 1;
    const socket = createSocket("udp4");
    const bound = Promise.withResolvers<void>();
    socket.once("error", () => bound.resolve()); // somebody else has it: it is taken as well
    socket.bind(next, bound.resolve);
    await bound.promise;
    try {
      assert.equal((await lab.serve("u1", ["-p", "53/udp"], ["udp:53"])).stderr, "");
      assert.ok(await publishedPort(lab, "u1", "53/udp") > next);
    } finally {
      socket.close();
    }
  });

  await test.step("a range whose first numbers are taken", async () => {
    const range = freePorts(11);
    using taken = takePorts(range, 3);
    assert.equal(
      (await lab.serve("range", ["--rm", "-p", `${range}-${range + 10}:80`], ["http:80"])).stderr,
      "",
    );
    assert.ok(!taken.ports.includes(await publishedPort(lab, "range")));
  });

  await test.step("a named number that is taken is refused with its owner, even while others are held", async () => {
    // More than one: somebody else may have the next number.
    using taken = takePorts(await newestPort(lab) + 1, TAKEN.few);
    const [port] = taken.ports;
    await lab.serve("holder", ["-p", "80"], ["http:80"]);
    const { code, stderr } = await lab.serve("named", ["--rm", "-p", `${port}:80`], ["http:80"]);
    assert.equal(code, 125, stderr);
    const holder = `Cannot publish 0.0.0.0:${port}/tcp: 'deno' (process id ${Deno.pid}) holds the port`;
    assert.ok(stderr.includes(holder), stderr);
  });

  await test.step("a container that dockerd starts by itself", async () => {
    await lab.docker.shell("docker rm -f $(docker ps -aq)"); // none of them obeys a stop
    await lab.serve("always", ["--restart", "always", "-p", "80"], ["http:80"]);
    await lab.windlass.run(["stop"]);
    using taken = takePorts(32_768, TAKEN.few);
    await lab.windlass.run(["start"]);
    // One that somebody takes just then is not tried again by dockerd.
    const error = await lab.docker.run(["inspect", "--format", "{{.State.Error}}", "always"]);
    if (isTakenMeanwhile(error, taken.ports)) await lab.docker.run(["start", "always"]);
    await untilListening(lab.docker, "always", 2);
    const port = await publishedPort(lab, "always");
    assert.equal((await curl(`http://127.0.0.1:${port}/`)).stdout, "hello\n");
  });
  assert.ok(first >= 32_768 && first <= 49_151);
});

/**
 * Runs a container. A start with `--rm` is not repeated when somebody, such as another test, takes a number while dockerd
 * chooses it: then it is repeated here. What was taken before must never be chosen.
 */
async function serveOnChosenPort(
  lab: PortLab,
  name: string,
  options: readonly string[],
  taken: readonly number[],
): Promise<void> {
  for (;;) {
    const { stderr } = await lab.serve(name, options, ["http:80"]);
    if (!options.includes("--rm") || !isTakenMeanwhile(stderr, taken)) return assert.equal(stderr, "");
  }
}

/** Whether a start was refused for a number that is not among those that were taken before. */
function isTakenMeanwhile(refusal: string, taken: readonly number[]): boolean {
  const [, number] = /Cannot publish \S+:(\d+)\/tcp: /.exec(refusal) ?? [];
  return number !== undefined && !taken.includes(Number(number));
}

async function publishedPort(lab: PortLab, name: string, port = "80/tcp"): Promise<number> {
  const [line = ""] = (await lab.docker.run(["port", name, port])).split("\n");
  return Number(line.slice(line.lastIndexOf(":") + 1));
}

/** What dockerd has chosen last: it continues from there. */
async function newestPort(lab: PortLab): Promise<number> {
  await lab.serve("probe", ["-p", "80"], ["http:80"]);
  const port = await publishedPort(lab, "probe");
  await lab.docker.run(["rm", "-f", "probe"]);
  return port;
}

/** Listens on those of `count` ports in a row that are free; disposal ends that. */
function takePorts(first: number, count: number): Disposable & { readonly ports: readonly number[] } {
  const listeners: Deno.Listener[] = [];
  for (let port = first; port < first + count; port++) {
    try {
      listeners.push(Deno.listen({ hostname: "127.0.0.1", port }));
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return {
    ports: listeners.map(({ addr }) => (addr as Deno.NetAddr).port),
    [Symbol.dispose]: () => listeners.forEach((listener) => listener.close()),
  };
}
