/** Published UDP ports: each client gets its own answers, whatever their size. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { eventually } from "../../support/eventually.ts";
import { findRole } from "../../support/instance_processes.ts";
import { InteractiveProcess } from "../../support/interactive_process.ts";
import { freePorts } from "../../support/free_ports.ts";
import { openPortLab, type PortLab } from "../../support/port_lab.ts";
import { runChecked } from "../../support/run_command.ts";

/** What IPv4 leaves for a datagram. */
const LARGEST_DATAGRAM = 65_507;
/** For answers, and for ports that come and go: far above what they take while other tests run. */
const ANSWER_MILLISECONDS = 60_000;

Deno.test("published UDP ports", async (test) => {
  await using lab = await openPortLab();
  const port = freePorts();
  const started = await lab.serve("echo", ["-p", `${port}:53/udp`], ["udp:53"]);
  assert.equal(started.code, 0, started.stderr);

  await test.step("answer socat on both families", async () => {
    for (const host of [`UDP4:127.0.0.1:${port}`, `UDP6:[::1]:${port}`]) {
      assert.equal(await askWithSocat(host, "hello"), "hello");
    }
  });

  await test.step("keep clients apart, and answer from the port that was asked", async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => openClient()));
    try {
      for (let round = 0; round < 3; round++) {
        const answers = clients.map((client, index) => client.ask(port, `client ${index} round ${round}`));
        const expected = clients.map((_, index) => `client ${index} round ${round} from 127.0.0.1:${port}`);
        assert.deepEqual(await Promise.all(answers), expected);
      }
    } finally {
      for (const client of clients) client.close();
    }
  });

  await test.step("carry the empty datagram and the largest", async () => {
    const client = await openClient();
    try {
      for (const size of [0, 1, 1_472, LARGEST_DATAGRAM]) {
        assert.equal(await client.ask(port, "x".repeat(size)), `${"x".repeat(size)} from 127.0.0.1:${port}`);
      }
    } finally {
      client.close();
    }
  });

  await test.step("pass on nothing that comes from elsewhere than the container", async () => {
    const client = await openClient();
    try {
      await client.ask(port, "first");
      await forgeAnswers(lab, "forged");
      await client.ask(port, "second");
      assert.deepEqual(client.heard, ["first", "second"]);
    } finally {
      client.close();
    }
  });

  await test.step("keep the order of a burst, and lose none of it", async () => {
    const burst = Array.from({ length: 100 }, (_, index) => `datagram ${index}`);
    for (const host of ["127.0.0.1", "::1"]) assert.deepEqual(await answersTo(host, port, burst), burst);
  });

  await test.step("are distinguished from TCP ports of the same number", async () => {
    const both = freePorts();
    await lab.serve("both", ["-p", `${both}:53/udp`, "-p", `${both}:80`], ["udp:53", "http:80"]);
    assert.equal(await askWithSocat(`UDP4:127.0.0.1:${both}`, "u"), "u");
    assert.deepEqual(await boundTo(both), ["tcp", "tcp", "udp", "udp"]);
    await lab.docker.run(["rm", "--force", "both"]);
  });

  await test.step("that are taken make 'docker run' fail at once, naming the owner", async () => {
    const taken = freePorts();
    const holder = new Deno.Command("socat", { args: [`UDP4-RECVFROM:${taken}`, "PIPE"], stdin: "null" })
      .spawn();
    try {
      await eventually(async () => assert.deepEqual(await boundTo(taken), ["udp"]), ANSWER_MILLISECONDS);
      const { code, stderr } = await lab.serve("late", ["-p", `${taken}:53/udp`], ["udp:53"]);
      assert.notEqual(code, 0);
      const state =
        `Cannot publish 0.0.0.0:${taken}/udp: 'socat' \\(process id ${holder.pid}\\) holds the port`;
      assert.match(stderr, new RegExp(state));
    } finally {
      holder.kill();
      await holder.status;
    }
  });

  await test.step("are closed when the container ends", async () => {
    await lab.docker.run(["rm", "--force", "echo"]);
    await eventually(async () => assert.deepEqual(await boundTo(port), []), ANSWER_MILLISECONDS);
  });

  await listensOnHostNetwork(test, lab);
});

async function listensOnHostNetwork(test: Deno.TestContext, lab: PortLab): Promise<void> {
  await test.step("what a host-network container listens on is on this machine alone, for as long as it runs", async () => {
    const port = freePorts();
    const options = ["--network", "host"];
    assert.equal((await lab.serve("guest", options, [`http:${port}`, `udp:${port}`])).code, 0);
    const loopback = [
      `tcp 127.0.0.1:${port}`,
      `tcp [::1]:${port}`,
      `udp 127.0.0.1:${port}`,
      `udp [::1]:${port}`,
    ];
    await eventually(async () => assert.deepEqual(await addressesOf(port), loopback), ANSWER_MILLISECONDS);
    for (const host of ["127.0.0.1", "[::1]"]) {
      const { stdout } = await runChecked(["curl", "-s", "--noproxy", "*", `http://${host}:${port}/`]);
      assert.equal(stdout, "hello\n");
    }
    assert.equal(await askWithSocat(`UDP4:127.0.0.1:${port}`, "udp"), "udp");
    await lab.docker.run(["rm", "--force", "guest"]);
    await eventually(async () => assert.deepEqual(await addressesOf(port), []), ANSWER_MILLISECONDS);
  });
}

/** What socat prints first when it has sent a datagram. Its input stays open: socat waits for a time after the end of it. */
async function askWithSocat(address: string, text: string): Promise<string> {
  await using socat = new InteractiveProcess(["socat", "-", address]);
  await socat.write(text);
  await socat.waitFor(/./, ANSWER_MILLISECONDS);
  return socat.output;
}

/** Sends a datagram to each socket of the agent that waits for a container's answers, from within its network. */
async function forgeAnswers(lab: PortLab, text: string): Promise<void> {
  const { pid } = await findRole(lab.windlass, "agent");
  const inside = ["nsenter", `--net=/proc/${pid}/ns/net`];
  const { stdout } = await runChecked([...inside, "ss", "-Hanup"]);
  const ports = stdout.split("\n").filter((line) => line.includes(`pid=${pid},`))
    .map((line) => /\s0\.0\.0\.0:(\d+)\s/.exec(line)?.[1]).filter((found) => found !== undefined);
  assert.notEqual(ports.length, 0, stdout);
  for (const port of ports) {
    await runChecked([...inside, "socat", "-u", "-", `UDP4:127.0.0.1:${port}`], { stdin: text });
  }
}

interface UdpClient {
  /** Every answer so far. */
  readonly heard: readonly string[];
  /** Sends a text to a port of 127.0.0.1; resolves to the answer and where it came from. */
  ask(port: number, text: string): Promise<string>;
  close(): void;
}

async function openClient(): Promise<UdpClient> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", () => resolve()));
  const heard: string[] = [];
  socket.on("message", (answer) => heard.push(String(answer)));
  return {
    heard,
    ask: (port, text) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const timer = setTimeout(
        () => reject(new Error(`no answer to '${text.slice(0, 40)}'`)),
        ANSWER_MILLISECONDS,
      );
      socket.once("message", (answer, peer) => resolve(`${answer} from ${peer.address}:${peer.port}`));
      socket.send(text, port, "127.0.0.1");
      return promise.finally(() => clearTimeout(timer));
    },
    close: () => socket.close(),
  };
}

/** Sends texts at once; resolves to as many answers, in the order in which they come. */
async function answersTo(host: string, port: number, texts: readonly string[]): Promise<string[]> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  const answers: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ANSWER_MILLISECONDS);
  socket.on("message", (answer) => {
    answers.push(String(answer));
    if (answers.length === texts.length) resolve();
  });
  // One after the other: datagrams that are sent at once leave in any order.
  for (const text of texts) await new Promise((resolve) => socket.send(text, port, host, resolve));
  await promise;
  clearTimeout(timer);
  await new Promise<void>((closed) => socket.close(() => closed()));
  return answers;
}

/** The protocols that the machine has this port open for, once for each address. */
async function boundTo(port: number): Promise<string[]> {
  return (await addressesOf(port)).map((line) => line.split(" ")[0]!);
}

async function addressesOf(port: number): Promise<string[]> {
  const { stdout } = await runChecked(["ss", "-Hlntu", `sport = :${port}`]);
  const lines = stdout.split("\n").filter((line) => line !== "").map((line) => line.split(/\s+/));
  return lines.map(([protocol, , , , address]) => `${protocol} ${address}`).sort();
}
