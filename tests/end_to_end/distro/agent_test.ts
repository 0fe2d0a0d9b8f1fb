/** The agent in the engine distro, without a host: its network, its dockerd, and what is left when it is gone. */
import assert from "node:assert/strict";
import { askDocker, startAgent } from "../../support/agent_link.ts";
import { type EngineDistro, openEngineDistro } from "../../support/engine_distro.ts";
import { eventually } from "../../support/eventually.ts";

const LIMIT = () => AbortSignal.timeout(300_000);

Deno.test("the agent serves Docker in a network of its own, and leaves nothing behind", async (test) => {
  await using distro = await openEngineDistro();
  const before = await traces(distro);
  // A process that has ended is in the list until its parent has taken note of it.
  const nothingIsLeft = () => eventually(async () => assert.deepEqual(await traces(distro), before));

  {
    await using link = startAgent(distro.wsl);

    await test.step("a request that comes before Docker is up is answered", async () => {
      assert.match(await askDocker(link.session, "/_ping"), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nOK/);
      assert.deepEqual(link.complaints, []);
      // States travel on a stream of their own, which an answer may overtake.
      await link.running();
      const kinds = link.states.map((state) => state.kind);
      // A short preparation is over before the link is open: dockerd is started first.
      const later = kinds.filter((kind) => kind !== "preparing");
      assert.deepEqual([...new Set(later)], ["starting", "running"]);
      await eventually(() => assert.ok(link.lines.some(({ event }) => event.startsWith("API listen on"))));
    });

    await test.step("the sample image is there soon after the first start", async () => {
      await eventually(async () => assert.match(await distro.script("docker image ls -q busybox"), /./));
    });

    await test.step("containers reach the distro, and the shared network has nothing of Docker's", async () => {
      const gateway = "$(nsenter --net=/run/windlass/network ip -4 route show default | cut -d' ' -f3)";
      await distro.script(`docker run --rm busybox ping -c 1 -w 60 ${gateway} >/dev/null`);
      assert.doesNotMatch(await distro.script("ip -brief link; iptables-nft-save"), /docker/i);
    });

    await test.step("ports inside are reached through the link", async () => {
      // It serves more than one: a connection may come to nothing.
      const serve = "while true; do nc -l -p 7 -e /bin/echo hello; done";
      await distro.script(
        `docker run -d --name echo --stop-signal KILL -p 7777:7 busybox sh -c '${serve}'`,
      );
      await eventually(async () => {
        using stream = link.session.open("tcp:127.0.0.1:7777");
        const bytes = await stream.read();
        assert.equal(new TextDecoder().decode(bytes ?? new Uint8Array()), "hello\n");
      });
    });

    await test.step("what the agent does not serve is refused with a reason", async () => {
      using stream = link.session.open("unix:/etc/passwd");
      await assert.rejects(stream.read(), /the agent does not serve the socket '\/etc\/passwd'/);
    });

    await test.step("containers can be run again after containerd was killed", async () => {
      await distro.script("kill -9 $(cat /run/docker/containerd/containerd.pid)");
      await eventually(() => distro.script("docker run --rm busybox true"));
    });

    await test.step("a requested end is reported step by step, and complete", async () => {
      await link.agent.shutdown(LIMIT());
      const { exitCode } = await link.process.exited;
      assert.equal(exitCode, 0);
      await eventually(() => {
        const stages = link.states.flatMap((state) => state.kind === "stopping" ? [state.stage] : []);
        assert.deepEqual(stages.slice(-3), ["engine", "leftovers", "network"]);
      });
      await nothingIsLeft();
    });
  }

  await test.step("a hang-up ends everything as well", async () => {
    await using link = startAgent(distro.wsl);
    await link.running();
    await distro.script("docker run -d --name worker --stop-signal KILL busybox sleep 1000");
    await link.hangUp();
    await nothingIsLeft();
  });

  await test.step("an agent that comes while the last one is still leaving takes over", async () => {
    await using first = startAgent(distro.wsl);
    await first.running();
    await distro.script("docker run -d --name slow busybox sleep 1000");
    const ended = first.hangUp();
    await using second = startAgent(distro.wsl);
    await second.running();
    await ended;
    assert.match(await askDocker(second.session, "/_ping"), /^HTTP\/1\.1 200 OK/);
    await second.agent.shutdown(LIMIT());
    await second.process.exited;
    await nothingIsLeft();
  });

  await test.step("an agent that is killed is followed by one that takes over", async () => {
    await using first = startAgent(distro.wsl);
    await first.running();
    await distro.script(
      "docker start worker && docker run -d --network host --name guest busybox sleep 1000",
    );
    await distro.script("kill -9 $(pgrep -f lib/windlass/[a]gent.js)");
    await first.process.exited;
    await using second = startAgent(distro.wsl);
    await second.running();
    assert.equal(await distro.script("docker ps --quiet"), "");
    assert.equal(await distro.script("pgrep -x dockerd | wc -l; pgrep -x containerd | wc -l"), "1\n1");
    await distro.script("docker start worker");
    await second.agent.shutdown(LIMIT());
    await second.process.exited;
    await nothingIsLeft();
  });
});

/** Processes, interfaces, rules and mounts in the distro: all that an agent could leave. */
async function traces(distro: EngineDistro): Promise<string[]> {
  const text = await distro.script([
    "ps -eo comm= | grep -vE '^(sh|ps|grep|sort|wsl-helper|cut|relay|init.*)$' | sort",
    "ip -brief link | cut -d' ' -f1 | sort",
    "iptables-nft-save | grep -i windlass || true",
    "cut -d' ' -f5 /proc/self/mountinfo | grep -E 'windlass|docker|netns' | sort",
  ].join("; "));
  return text.split("\n");
}
