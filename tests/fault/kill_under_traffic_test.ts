// lock: flood
/**
 * A part of Windlass is killed while published ports carry traffic and clients follow events, the log and Docker's
 * events: what has ended is reported at once, what can continue does, and everything comes back.
 */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { findRole, type Role } from "../support/instance_processes.ts";
import { freePorts } from "../support/free_ports.ts";
import { openPortLab, type PortLab } from "../support/port_lab.ts";
import { Followers } from "./followers.ts";
import { PATIENCE_MILLISECONDS } from "./kill_and_recover.ts";
import { killProcess } from "./kill_process.ts";
import { withLogs } from "./with_logs.ts";
import { assertAnswers, openProtocols, startPortTraffic } from "./port_traffic.ts";

const VICTIMS: readonly Role[] = ["dockerd", "agent", "host"];
/** Both protocols, each on IPv4 and IPv6. */
const OPEN = ["tcp", "tcp", "udp", "udp"];

Deno.test("ports and followers when a part of Windlass is killed", async (test) => {
  await using lab = await openPortLab();
  const [always, once] = [freePorts(), freePorts()];
  const services = ["http:80", "udp:53"];
  const publish = (port: number) => ["-p", `${port}:80`, "-p", `${port}:53/udp`];
  await lab.serve("always", ["--restart", "always", ...publish(always)], services);
  await lab.serve("once", publish(once), services);

  const step = (name: string, action: () => Promise<void>) =>
    test.step(name, () => withLogs(lab.windlass, action));
  for (const role of VICTIMS) {
    await step(`${role} killed`, async () => {
      await lab.docker.run(["start", "once"]);
      for (const port of [always, once]) await eventually(() => assertAnswers(port));
      using traffic = await startPortTraffic(always);
      await using followers = await Followers.open(lab.windlass);
      await using watcher = lab.docker.start(["events", "--since", "10m"]);
      await watcher.waitFor(/container start/); // one that connects after the kill follows the next engine
      const { pid } = await eventually(() => findRole(lab.windlass, role));
      const seen = { events: followers.events.length, lines: followers.lines.length };

      await killProcess(pid);
      await traffic.ended;
      await watcher.ended(PATIENCE_MILLISECONDS);
      if (role === "host") {
        await followers.ended; // without an error
        for (const port of [always, once]) assert.deepEqual(await openProtocols(port), []);
        await lab.windlass.run(["start"]);
      }
      await eventually(() => assertAnswers(always), PATIENCE_MILLISECONDS);

      // One protocol of one family may answer a moment before the rest.
      await eventually(async () => assert.deepEqual(await openProtocols(always), OPEN));
      await assertPortsOf(lab, { always });
      assert.deepEqual(await openProtocols(once), []);
      if (role !== "host") {
        // Without dockerd the agent, which still runs, tells first that it failed.
        const told = [...role === "dockerd" ? ["failed"] : [], "starting", "running"];
        await eventually(() => assert.deepEqual(followers.loggedStatesSince(seen.lines), told));
        await eventually(() => {
          const states = followers.statesSince(seen.events);
          assert.ok(states.length > 1 && states.at(-1) === "running", `the events were ${states}`);
          assert.deepEqual(states, told.filter((state) => states.includes(state)));
        });
        assert.equal(followers.hasEnded, false);
      }
      await lab.docker.run(["start", "once"]);
      await assertPortsOf(lab, { always, once });
      const before = traffic.answers();
      await eventually(() => assert.ok(traffic.answers() > before, "datagrams are answered no more"));
    });
  }
});

/** Docker and Windlass report the same: these containers run, and only their ports are open. */
async function assertPortsOf(lab: PortLab, expected: Readonly<Record<string, number>>): Promise<void> {
  const running = await lab.docker.run(["ps", "--format", "{{.Names}}"]);
  assert.deepEqual(running.split("\n").sort(), Object.keys(expected).sort());
  const { ports } = JSON.parse(await lab.windlass.run(["ports", "--json"]));
  const numbers = new Set(ports.map((each: { port: number }) => each.port));
  assert.deepEqual([...numbers].sort(), Object.values(expected).sort());
}
