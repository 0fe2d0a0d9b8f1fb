/** Whatever dies while ports carry traffic: no port stays open that leads nowhere, and all come back by themselves. */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { findRole, type Role } from "../../support/instance_processes.ts";
import { freePorts, isFree } from "../../support/free_ports.ts";
import { curl, openPortLab, type PortLab } from "../../support/port_lab.ts";
import { exists } from "../../support/test_rootfs.ts";

/** Far above what the start of an engine takes while other tests run. */
const RECOVERY_MILLISECONDS = 120_000;
/** A connection that was taken just before its end is noticed may stay silent: the next one is tried soon. */
const ANSWER_SECONDS = "10";
const VICTIMS: readonly Role[] = ["dockerd", "agent", "link", "host"];

Deno.test("ports outlive whatever dies, and stay open no longer than what they lead to", async (test) => {
  await using lab = await openPortLab();
  const web = freePorts();
  const guest = freePorts();
  const always = ["--restart", "always"];
  await lab.serve("web", [...always, "-p", `${web}:80`, "-p", `${web}:53/udp`], ["http:80", "udp:53"]);
  await lab.serve("guest", [...always, "--network", "host"], [`http:${guest}`]);
  await eventually(() => answers(guest), RECOVERY_MILLISECONDS);

  for (const role of VICTIMS) {
    await test.step(`${role} killed`, async () => {
      using traffic = await startTraffic(web);
      await kill(lab, role);
      await traffic.ended;
      if (role === "host") {
        // The first thread of a killed process may be gone before the last one closes its sockets.
        await eventually(
          () => assert.deepEqual([isFree(web), isFree(guest)], [true, true]),
          RECOVERY_MILLISECONDS,
        );
        await lab.windlass.run(["start"]);
      }
      for (const port of [web, guest]) await eventually(() => answers(port), RECOVERY_MILLISECONDS);
      await eventually(
        async () => assert.equal((await lab.windlass.status()).engine.state, "running"),
        RECOVERY_MILLISECONDS,
      );
    });
  }

  await test.step("a stop closes all of them, and a start brings them back", async () => {
    await lab.windlass.run(["stop"]);
    assert.deepEqual([isFree(web), isFree(guest)], [true, true]);
    await lab.windlass.run(["start"]);
    for (const port of [web, guest]) await eventually(() => answers(port), RECOVERY_MILLISECONDS);
  });
});

async function answers(port: number): Promise<void> {
  const { stdout, stderr } = await curl(`http://127.0.0.1:${port}/`, "--max-time", ANSWER_SECONDS);
  assert.equal(stdout, "hello\n", stderr);
}

async function kill(lab: PortLab, role: Role): Promise<void> {
  // Its predecessor may still be on its way out.
  const { pid } = await eventually(() => findRole(lab.windlass, role), RECOVERY_MILLISECONDS);
  Deno.kill(pid, "SIGKILL");
  await eventually(async () => {
    const state = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
    assert.ok(!await exists(`/proc/${pid}`) || / Z /.test(state), state);
  }, RECOVERY_MILLISECONDS);
}

/** A download without an end; disposal ends it. */
async function startTraffic(port: number): Promise<Disposable & { readonly ended: Promise<void> }> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode("GET /bytes/1000000000000 HTTP/1.1\r\n\r\n"));
  const buffer = new Uint8Array(65_536);
  assert.ok(await connection.read(buffer));
  const ended = (async () => {
    try {
      while (await connection.read(buffer) !== null);
    } catch {
      // Reset: ended as well.
    }
  })();
  return { ended, [Symbol.dispose]: () => connection.close() };
}
