// lock: flood
/** One container that takes all of the network proxy it can get: its neighbours and the engine are served all the same. */
import assert from "node:assert/strict";
import { compiledProgram } from "../support/compile_once.ts";
import { eventually } from "../support/eventually.ts";
import { openPortLab } from "../support/port_lab.ts";
import { NETWORK_PROXY, proxyAddress, startRawProxyClient } from "../support/raw_proxy_client.ts";
import { answerOnce, HEAD_END, openRawService } from "../support/raw_service.ts";
import { residentMegabytes } from "../support/resident_megabytes.ts";
import { TEST_IMAGE } from "../support/test_image.ts";

/** Connections of one container that the proxy has at a time, as for services of the machine. */
const CONTAINER_LIMIT = 48;
const DESCRIPTORS = 1_024;
/** Of an answer that nobody reads. */
const LARGE_MEGABYTES = 64;
/** Programs of the container, and the connections that each of them opens and keeps: ten thousand in all. */
const PROGRAMS = 12;
const CONNECTIONS = 850;
/** What the host may grow by in a flood: garbage is collected late, but ten thousand connections would take more. */
const GROWTH_MEGABYTES = 150;

Deno.test("a container that floods the network proxy takes it from nobody", async (test) => {
  await using lab = await openPortLab({ descriptors: DESCRIPTORS });
  await lab.windlass.run(["settings", "set", "network.proxy", "none"]);
  const { host } = await lab.windlass.status();
  const before = await residentMegabytes(host.pid!);
  const program = await compiledProgram("tests/support/port_flood.c", "-static", "-s");
  const neighbour = await startRawProxyClient(lab.docker);
  using held = openRawService((connection) => connection.drain());
  using service = openRawService(answerOnce("served"));
  const address = await proxyAddress(lab.docker);

  const everyoneIsServed = async () => {
    assert.match(await neighbour.get(`http://localhost:${service.port}/`), /served$/);
    await lab.docker.run(["ps"]);
    // The engine's own request goes through the proxy, and nobody has that name.
    const { stderr } = await lab.docker.attempt(["pull", `registry-${crypto.randomUUID()}.invalid/image`]);
    assert.match(stderr, /WL_PROXY_TARGET_UNREACHABLE/, stderr);
  };
  await everyoneIsServed();

  const connect = `CONNECT localhost:${held.port} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const floods = {
    silence: "",
    "half a head": "GET http://localhost/ HTTP/1.1\r\nX: ",
    "half-open tunnels": connect,
  };
  for (const [what, text] of Object.entries(floods)) {
    await test.step(`${PROGRAMS * CONNECTIONS} connections with ${what}`, async () => {
      const line = `for each in $(seq ${PROGRAMS}); do /flood "$@" & done; wait`;
      const arguments_ = [address, String(NETWORK_PROXY.port), String(CONNECTIONS), text];
      await lab.docker.run([
        ...["run", "-d", "--name", "flood", "--user", "1000", "--cap-drop", "ALL", "-v", `${program}:/flood`],
        ...[TEST_IMAGE, "sh", "-c", line, "sh", ...arguments_],
      ]);
      await everyoneIsServed();
      await eventually(async () =>
        assert.equal((await lab.docker.run(["logs", "flood"])).split("\n").length, PROGRAMS)
      );
      await everyoneIsServed();
      assert.ok(held.open <= CONTAINER_LIMIT, `${held.open} tunnels are open`);
      const grown = await residentMegabytes(host.pid!) - before;
      assert.ok(grown < GROWTH_MEGABYTES, `the host has grown by ${grown} MB`);
      await lab.docker.run(["rm", "-f", "flood"]);
      await eventually(() => assert.equal(held.open, 0));
    });
  }

  await test.step("a client that takes nothing of a large answer holds a window of it, and no more", async () => {
    const megabyte = new Uint8Array(1024 * 1024);
    using generous = openRawService(async (connection) => {
      await connection.until(HEAD_END);
      await connection.write(
        `HTTP/1.1 200 OK\r\nContent-Length: ${LARGE_MEGABYTES * megabyte.length}\r\n\r\n`,
      );
      for (let index = 0; index < LARGE_MEGABYTES; index++) await connection.write(megabyte);
    });
    const request = `GET http://localhost:${generous.port}/ HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    await lab.docker.run([
      ...["run", "-d", "--name", "deaf", "-v", `${program}:/flood`, TEST_IMAGE],
      ...["/flood", address, String(NETWORK_PROXY.port), "20", request],
    ]);
    await eventually(() => assert.equal(generous.received.length, 20));
    await everyoneIsServed();
    const grown = await residentMegabytes(host.pid!) - before;
    assert.ok(grown < 2 * GROWTH_MEGABYTES, `the host has grown by ${grown} MB`);
    await lab.docker.run(["rm", "-f", "deaf"]);
    await eventually(() => assert.equal(generous.open, 0));
  });

  await test.step("a head that comes one byte a second ends with its time", async () => {
    const { hostname, port } = NETWORK_PROXY;
    const drip = `(while printf x; do sleep 1; done) | nc ${hostname} ${port}`;
    await lab.docker.attempt(["exec", "asking", "sh", "-c", drip]);
    await everyoneIsServed();
  });

  await test.step("the host is still the one that was started", async () => {
    assert.deepEqual((await lab.windlass.status()).host, host);
  });
});
