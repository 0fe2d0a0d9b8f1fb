import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import { curl, openPortLab } from "../../support/port_lab.ts";

/** More than the listeners of host-network containers that are taken notice of. */
const PORTS = 300;
/** Far above what it takes to notice that listeners come and go while other tests run. */
const SEEN_MILLISECONDS = 60_000;

Deno.test("many published ports", async (test) => {
  await using lab = await openPortLab();
  const first = freePorts(PORTS + 1);
  const last = first + PORTS - 1;
  const listed = async (): Promise<{ port: number; source: string }[]> =>
    JSON.parse(await lab.windlass.run(["ports", "--json"])).ports;

  await test.step("each port of a range is open, on both families", async () => {
    const range = `${first}-${last}`;
    const { code, stderr } = await lab.serve("range", ["-p", `${range}:${range}`], [
      `http:${first}`,
      `http:${last}`,
    ]);
    assert.equal(code, 0, stderr);
    assert.equal((await listed()).length, 2 * PORTS);
    for (const port of [first, last]) {
      for (const host of ["127.0.0.1", "[::1]"]) {
        const { stdout, stderr } = await curl(`http://${host}:${port}/`);
        assert.equal(stdout, "hello\n", stderr);
      }
    }
  });

  await test.step("a service of the host network is reached all the same", async () => {
    const port = last + 1;
    assert.equal((await lab.serve("guest", ["--network", "host"], [`http:${port}`])).code, 0);
    await eventually(async () => {
      const mirrored = (await listed()).filter(({ source }) => source === "host-network");
      assert.deepEqual(mirrored.map((entry) => entry.port), [port, port]);
    }, SEEN_MILLISECONDS);
    assert.equal((await curl(`http://127.0.0.1:${port}/`)).stdout, "hello\n");
  });

  await test.step("removing the containers closes all of them", async () => {
    await lab.docker.run(["rm", "--force", "range", "guest"]);
    await eventually(async () => assert.deepEqual(await listed(), []), SEEN_MILLISECONDS);
  });
});
