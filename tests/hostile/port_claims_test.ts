/** Ports that containers would like to have, and services that the user keeps from them. */
import assert from "node:assert/strict";
import { eventually, pause } from "../support/eventually.ts";
import { freePorts } from "../support/free_ports.ts";
import { openOwnAddress } from "../support/own_address.ts";
import { curl, openPortLab, type PortLab } from "../support/port_lab.ts";
import { TEST_IMAGE } from "../support/test_image.ts";

/** Several times as long as the agent takes to report a listener, which it does when it sees it a second time. */
const LISTENERS_MILLISECONDS = 2_500;

Deno.test("containers get no port that is another's, and no service that the user keeps from them", async (test) => {
  await using lab = await openPortLab();
  const { windlass, docker } = lab;

  for (const [family, hostname, others] of FAMILIES) {
    await test.step(`a host-network container does not take the port of a service on ${family} over`, async () => {
      const [taken, free] = [freePorts(), freePorts()];
      await using _service = Deno.serve(
        { hostname, port: taken, onListen: () => {} },
        () => new Response("own\n"),
      );
      await lab.serve("guest", ["--network", "host"], [`http:${taken}`, `http:${free}`]);
      for (const host of ["127.0.0.1", "[::1]"]) {
        await eventually(async () => assert.equal((await curl(`http://${host}:${free}/`)).stdout, "hello\n"));
      }
      await pause(LISTENERS_MILLISECONDS);
      assert.notEqual((await curl(`http://${others}:${taken}/`)).code, 0);
      assert.equal((await curl(`http://localhost:${taken}/`)).stdout, "own\n");
      await docker.run(["rm", "-f", "guest"]);
    });
  }

  await test.step("the port of the control API is published on no address", async () => {
    await using own = await openOwnAddress();
    const { url } = JSON.parse(await Deno.readTextFile(`${windlass.home}/api.json`));
    const port = new URL(url).port;
    for (const address of ["", "127.0.0.1:", "127.0.0.2:", "0.0.0.0:", "[::1]:", `${own.address}:`]) {
      const { code, stderr } = await docker.attempt([
        "run",
        "--rm",
        "-p",
        `${address}${port}:80`,
        TEST_IMAGE,
        "true",
      ]);
      assert.notEqual(code, 0, address);
      assert.match(
        stderr,
        new RegExp(`Cannot publish \\S+:${port}/tcp: Windlass itself uses the port`),
        address,
      );
    }
  });

  await test.step("ports.hostServices decides which services are reached, starting at the next connection", async () => {
    await using one = serve();
    await using other = serve();
    const ports = [one.addr.port, other.addr.port];
    assert.deepEqual(await reached(lab, ports), ports);
    await windlass.run(["settings", "set", "ports.hostServices", "none"]);
    assert.deepEqual(await reached(lab, ports), []);
    await windlass.run(["settings", "set", "ports.hostServices", `1-2,${one.addr.port}`]);
    assert.deepEqual(await reached(lab, ports), [one.addr.port]);
    await windlass.run(["settings", "reset", "ports.hostServices"]);
    assert.deepEqual(await reached(lab, ports), ports);
    const refused = await windlass.attempt(["settings", "set", "ports.hostServices", "80,web"]);
    assert.match(
      refused.stderr,
      /Cannot set 'ports\.hostServices' to '80,web': it must be 'all', 'none' or a list of ports such as '5432,8000-8100': 'web' is neither a port nor a range such as '8000-8100'/,
    );
  });
});

/** A family, its loopback address, and that of the other family in a URL. */
const FAMILIES = [["IPv4", "127.0.0.1", "[::1]"], ["IPv6", "::1", "127.0.0.1"]] as const;

function serve(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("service"));
}

/** The ports among these that a container reaches. */
async function reached(lab: PortLab, ports: readonly number[]): Promise<number[]> {
  const lines = ports.map((port) =>
    `wget -q -T 60 -O /dev/null http://host.docker.internal:${port}/ && echo ${port}`
  );
  const { stdout } = await lab.docker.attempt(["run", "--rm", TEST_IMAGE, "sh", "-c", lines.join("; ")]);
  return stdout.split("\n").filter((line) => line !== "").map(Number);
}
