/** Published TCP ports, with clients that we did not write: curl, socat and plain sockets. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { freePorts, isFree } from "../../support/free_ports.ts";
import { curl, openPortLab, untilListening } from "../../support/port_lab.ts";
import { runChecked } from "../../support/run_command.ts";
import { TEST_IMAGE } from "../../support/test_image.ts";

const MEGABYTE = 1024 * 1024;
/** Ports close a moment after 'docker rm' returns; far above what that takes while other tests run. */
const CLOSED_MILLISECONDS = 30_000;
/** What is done at once or soon takes one or two seconds on an idle machine; this is far above that. */
const SOON_MILLISECONDS = 30_000;

Deno.test("published TCP ports", async (test) => {
  await using lab = await openPortLab();
  const { docker } = lab;
  const web = freePorts();
  const echo = freePorts();

  await test.step("are open on all addresses, of both families, once 'docker run' returns", async () => {
    const started = await lab.serve("web", ["-p", `${web}:80`, "-p", `${echo}:7`], ["http:80", "echo:7"]);
    assert.equal(started.code, 0, started.stderr);
    for (const host of ["127.0.0.1", "[::1]", "localhost"]) {
      assert.equal((await curl(`http://${host}:${web}/`)).stdout, "hello\n");
    }
  });

  await test.step("are shown by 'windlass ports', with what has gone through them", async () => {
    const { ports } = JSON.parse(await lab.windlass.run(["ports", "--json"]));
    const found = ports.filter((each: { port: number; address: string }) =>
      each.port === web && each.address === "0.0.0.0"
    );
    assert.equal(found.length, 1);
    assert.deepEqual([found[0].protocol, found[0].container.port, found[0].source], ["tcp", 80, "published"]);
    assert.ok(found[0].connections.total >= 1 && found[0].bytes.received > 0 && found[0].bytes.sent > 0);
    assert.match(
      await lab.windlass.run(["ports"]),
      new RegExp(`^0.0.0.0:${web}/tcp +172[.]17[.]0[.]2:80 `, "m"),
    );
  });

  await test.step("carry large answers and large uploads", async () => {
    const { stdoutBytes, stderr } = await curl(`http://127.0.0.1:${web}/bytes/${50 * MEGABYTE}`);
    assert.equal(stdoutBytes.length, 50 * MEGABYTE, stderr);
    const file = join(lab.folder, "upload");
    await Deno.writeFile(file, new Uint8Array(50 * MEGABYTE));
    const { stdout } = await curl(`http://127.0.0.1:${web}/`, "--data-binary", `@${file}`);
    assert.equal(stdout, String(50 * MEGABYTE));
  });

  await test.step("pass on the end of one direction, and every byte ahead of it", async () => {
    const input = crypto.getRandomValues(new Uint8Array(65_536));
    const { stdoutBytes } = await runChecked(["socat", "-t", "60", "-", `TCP:127.0.0.1:${echo}`], {
      stdin: new Uint8Array([...input, ...input]),
    });
    assert.deepEqual(stdoutBytes, new Uint8Array([...input, ...input]));
  });

  await test.step("carry a thousand connections at a time", async () => {
    const connections = await Promise.all(
      Array.from({ length: 1_000 }, () => Deno.connect({ hostname: "127.0.0.1", port: echo })),
    );
    try {
      const answers = await Promise.all(connections.map(async (connection, index) => {
        const sent = Uint8Array.from([index >> 8, index & 0xff]);
        await connection.write(sent);
        const received = new Uint8Array(2);
        for (let length = 0; length < 2;) length += await connection.read(received.subarray(length)) ?? 2;
        return received.join() === sent.join();
      }));
      assert.equal(answers.filter(Boolean).length, 1_000);
    } finally {
      for (const connection of connections) connection.close();
    }
  });

  await test.step("continue while a client does not read", async () => {
    using stalled = await Deno.connect({ hostname: "127.0.0.1", port: web });
    await stalled.write(new TextEncoder().encode(`GET /bytes/${1024 * MEGABYTE} HTTP/1.1\r\n\r\n`));
    const { stdoutBytes, stderr } = await curl(`http://127.0.0.1:${web}/bytes/${20 * MEGABYTE}`);
    assert.equal(stdoutBytes.length, 20 * MEGABYTE, stderr);
  });

  await test.step("end a connection whose port in the container nobody listens on", async () => {
    const port = freePorts();
    await lab.serve("deaf", ["-p", `${port}:81`], ["http:80"]);
    const { code, stdout } = await curl(`http://127.0.0.1:${port}/`);
    assert.notEqual(code, 0);
    assert.equal(stdout, "");
    await docker.run(["rm", "--force", "deaf"]);
  });

  await test.step("are closed with their connections when the container stops, and come back with it", async () => {
    using open = await Deno.connect({ hostname: "127.0.0.1", port: echo });
    await open.write(new Uint8Array(1));
    assert.equal(await open.read(new Uint8Array(1)), 1);
    await docker.run(["stop", "--time", "1", "web"]);
    assert.equal(await open.read(new Uint8Array(1)).catch(() => null), null);
    await eventually(() => assert.ok(isFree(web) && isFree(echo)), CLOSED_MILLISECONDS);
    await docker.run(["start", "web"]);
    await untilListening(docker, "web", 2);
    assert.equal((await curl(`http://127.0.0.1:${web}/`)).stdout, "hello\n");
    await docker.run(["rm", "--force", "web"]);
    await eventually(() => assert.ok(isFree(web) && isFree(echo)), CLOSED_MILLISECONDS);
  });

  await test.step("are handed from one container to the next at once", async () => {
    for (const name of ["first", "second", "third"]) {
      const started = await lab.serve(name, ["-p", `${web}:80`], ["http:80"]);
      assert.equal(started.code, 0, started.stderr);
      assert.equal((await curl(`http://127.0.0.1:${web}/`)).stdout, "hello\n");
      await docker.run(["rm", "--force", name]);
    }
  });

  await test.step("come in ranges, and by numbers that Docker chooses", async () => {
    const first = freePorts(5);
    const options = ["-p", `${first}-${first + 4}:80-84`, "-p", "80", "-p", "127.0.0.1::81"];
    const services = ["http:80", "http:81", "http:82", "http:83", "http:84"];
    assert.equal((await lab.serve("many", options, services)).code, 0);
    const chosen = (await docker.run(["port", "many"])).matchAll(
      /^8[01]\/tcp -> (127.0.0.1|0.0.0.0):(\d+)$/gm,
    );
    const ports = [
      ...Array.from({ length: 5 }, (_, index) => first + index),
      ...[...chosen].map((each) => Number(each[2])),
    ];
    assert.equal(new Set(ports).size, 7);
    for (const port of ports) assert.equal((await curl(`http://127.0.0.1:${port}/`)).stdout, "hello\n");
    await docker.run(["rm", "--force", "many"]);
  });

  await test.step("stay on this machine where the setting says so", async () => {
    const port = freePorts();
    await lab.windlass.run(["settings", "set", "ports.defaultAddress", "127.0.0.1"]);
    await lab.serve("private", ["-p", `${port}:80`], ["http:80"]);
    await lab.windlass.run(["settings", "reset", "ports.defaultAddress"]);
    assert.deepEqual(await listeningOn(port), [`127.0.0.1:${port}`, `[::1]:${port}`]);
    for (const host of ["127.0.0.1", "[::1]"]) {
      assert.equal((await curl(`http://${host}:${port}/`)).stdout, "hello\n");
    }
    await docker.run(["rm", "--force", "private"]);
  });

  await test.step("are open on the address that was asked for, and on no other", async () => {
    const port = freePorts();
    await lab.serve("four", ["-p", `127.0.0.1:${port}:80`], ["http:80"]);
    await lab.serve("six", ["-p", `[::1]:${port}:80`], ["http:80"]);
    assert.deepEqual(await listeningOn(port), [`127.0.0.1:${port}`, `[::1]:${port}`]);
    for (const host of ["127.0.0.1", "[::1]"]) {
      assert.equal((await curl(`http://${host}:${port}/`)).stdout, "hello\n");
    }
    await docker.run(["rm", "--force", "four", "six"]);
  });

  await test.step("take only IPv6 where only that was asked for", async () => {
    const port = freePorts();
    await lab.serve("six", ["-p", `[::]:${port}:80`], ["http:80"]);
    using _others = Deno.listen({ hostname: "0.0.0.0", port });
    assert.equal((await curl(`http://[::1]:${port}/bytes/${MEGABYTE}`)).stdoutBytes.length, MEGABYTE);
    await docker.run(["rm", "--force", "six"]);
  });

  await test.step("may be on an address that only the machine has", async () => {
    const port = freePorts();
    await lab.serve("own", ["-p", `127.1.2.3:${port}:80`], ["http:80"]);
    assert.equal((await curl(`http://127.1.2.3:${port}/`)).stdout, "hello\n");
    await docker.run(["rm", "--force", "own"]);
    const { stderr, code } = await lab.serve("foreign", ["-p", `192.0.2.7:${port}:80`], ["http:80"]);
    assert.notEqual(code, 0);
    assert.match(
      stderr,
      new RegExp(`Cannot publish 192.0.2.7:${port}/tcp: this machine has no address 192.0.2.7`),
    );
    await docker.run(["rm", "--force", "foreign"]);
  });

  await test.step("that are taken make 'docker run' fail at once, naming the owner", async () => {
    const port = freePorts();
    const holder = new Deno.Command("socat", {
      args: [`TCP4-LISTEN:${port},bind=127.0.0.1`, "PIPE"],
      stdin: "null",
    }).spawn();
    try {
      // By looking alone: to try the port would take it for an instant, and socat could fail at that.
      await eventually(async () => assert.deepEqual(await listeningOn(port), [`127.0.0.1:${port}`]), 60_000);
      const begun = performance.now();
      const { code, stderr } = await lab.serve("late", ["-p", `${port}:80`], ["http:80"]);
      const took = Math.round(performance.now() - begun);
      assert.ok(took < SOON_MILLISECONDS, `it took ${took} ms`);
      assert.notEqual(code, 0);
      const state =
        `Cannot publish 0.0.0.0:${port}/tcp: 'socat' \\(process id ${holder.pid}\\) holds the port`;
      assert.match(stderr, new RegExp(state));
    } finally {
      holder.kill();
      await holder.status;
    }
    await docker.run(["start", "late"]);
    await untilListening(docker, "late");
    assert.equal((await curl(`http://127.0.0.1:${port}/`)).stdout, "hello\n");
    await docker.run(["rm", "--force", "late"]);
  });

  await test.step("are reached inside the engine as well, by the gateway's address and on the host network", async () => {
    const port = freePorts();
    await lab.serve("inner", ["-p", `${port}:80`], ["http:80"]);
    const wget = (network: string[], host: string) =>
      docker.run([
        "run",
        "--rm",
        ...network,
        TEST_IMAGE,
        "wget",
        "-q",
        "-T",
        "60",
        "-O",
        "-",
        `http://${host}:${port}/`,
      ]);
    const gateway = await docker.run([
      "network",
      "inspect",
      "bridge",
      "-f",
      "{{(index .IPAM.Config 0).Gateway}}",
    ]);
    assert.equal(await wget([], gateway), "hello");
    assert.equal(await wget(["--network", "host"], "127.0.0.1"), "hello");
    assert.equal((await curl(`http://127.0.0.1:${port}/`)).stdout, "hello\n");
    await docker.run(["rm", "--force", "inner"]);
    await eventually(() => assert.ok(isFree(port)), CLOSED_MILLISECONDS);
  });

  await test.step("of a hundred are soon there and soon gone", async () => {
    const first = freePorts(100);
    const begun = performance.now();
    const started = await lab.serve("hundred", ["-p", `${first}-${first + 99}:80-179`], ["http:179"]);
    assert.equal(started.code, 0, started.stderr);
    const took = Math.round(performance.now() - begun);
    assert.ok(took < SOON_MILLISECONDS, `it took ${took} ms`);
    assert.equal((await curl(`http://127.0.0.1:${first + 99}/`)).stdout, "hello\n");
    await docker.run(["rm", "--force", "hundred"]);
    await eventually(() => assert.ok(isFree(first) && isFree(first + 99)), CLOSED_MILLISECONDS);
  });

  await test.step("work for compose", async () => {
    const port = freePorts();
    const file = join(lab.folder, "compose.yaml");
    await Deno.writeTextFile(
      file,
      [
        "services:",
        "  web:",
        `    image: ${TEST_IMAGE}`,
        '    command: ["/service", "http:80"]',
        `    volumes: ["${lab.service}:/service"]`,
        `    ports: ["127.0.0.1:${port}:80"]`,
      ].join("\n"),
    );
    const compose = ["compose", "--file", file, "--project-name", "ports"];
    await docker.run([...compose, "up", "--detach"]);
    await untilListening(docker, "ports-web-1");
    assert.equal((await curl(`http://127.0.0.1:${port}/`)).stdout, "hello\n");
    await docker.run([...compose, "down", "--timeout", "1"]);
    await eventually(() => assert.ok(isFree(port)), CLOSED_MILLISECONDS);
  });
});

/** The addresses of this machine on which a TCP port is open. */
async function listeningOn(port: number): Promise<string[]> {
  const { stdout } = await runChecked(["ss", "-Hltn", `sport = :${port}`]);
  return stdout.trim().split("\n").map((line) => line.split(/\s+/)[3]!).sort();
}
