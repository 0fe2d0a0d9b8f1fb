/** Names in containers: our own on every way, all others from name servers that fail, fall silent and change. */
import assert from "node:assert/strict";
import { NAME_LIMITS } from "../../../src/agent/names/name_limits.ts";
import { openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { askOverTcp, inDistro, lookUp, openNamesLab, startIdle } from "../../support/names_lab.ts";
import { importTestImage } from "../../support/test_image.ts";
import { startWindlass } from "../../support/windlass_instance.ts";

const OWN_NAMES = ["host.docker.internal", "gateway.docker.internal"];
/** The usual network, one of the user's own with Docker's resolver ahead of ours, and the engine's. */
const NETWORKS = ["bridge", "own", "host"];
/** Bytes of the answer with 60 records to a question of 26 bytes. */
const BIG_BYTES = 986;

Deno.test("names in containers", async (test) => {
  await using windlass = await startWindlass();
  await using docker = await openDockerClient(windlass.dockerHost);
  await importTestImage(docker);
  await using lab = await openNamesLab(windlass, 2);
  const [first, second] = lab.servers;
  await docker.run(["network", "create", "own"]);
  for (const network of NETWORKS) await startIdle(docker, network, "--network", network);
  const host = /^(\S+)\s+host\.docker\.internal/m.exec(await inDistro(windlass, "cat /etc/hosts"))![1]!;
  const onlyFirst = `nameserver ${first!.address}`;
  const both = [onlyFirst, `nameserver ${second!.address}`];
  /** A server that did not answer for a moment, because this machine stood still, is asked last until it does. */
  const untilFirstIsAskedFirst = () =>
    eventually(async () => assert.equal(await lookUp(docker, "bridge", "ready.test"), "10.9.0.1"));

  await test.step("our own names are answered over UDP and TCP on every network, and asked of nobody", async () => {
    await lab.configure(onlyFirst);
    lab.reset();
    for (const network of NETWORKS) {
      for (const name of [...OWN_NAMES, "Host.Docker.INTERNAL"]) {
        assert.equal(await lookUp(docker, network, name), host, `${network} ${name}`);
      }
      assert.doesNotMatch(
        await lookUp(docker, network, OWN_NAMES[0]!, "aaaa"),
        /NXDOMAIN|timed out|SERVFAIL|\d/,
      );
      const answers = await askOverTcp(docker, network, OWN_NAMES);
      assert.deepEqual(answers.map((answer) => [...answer.slice(-4)].join(".")), [host, host], network);
    }
    assert.deepEqual(lab.servers.flatMap(({ questions }) => questions), []);
  });

  await test.step("several questions on one connection are answered whole, also long ones", async () => {
    const answers = await askOverTcp(docker, "bridge", ["big.test", OWN_NAMES[0]!, "some.test"]);
    const lengths = answers.sort((a, b) => a[1]! - b[1]!).map(({ length }) => length);
    assert.deepEqual(lengths, [BIG_BYTES, 54, 43]);
  });

  await test.step("an answer that is cut over UDP is passed on as it is", async () => {
    lab.reset();
    // busybox shows no flags, and does not ask again over TCP: the records are missing, and nothing is made up.
    assert.equal(await lookUp(docker, "bridge", "big.test"), "Non-authoritative answer:");
    // A question may be asked twice on a slow machine.
    assert.deepEqual([...new Set(first!.questions)], ["udp big.test"]);
  });

  for (const mode of ["servfail", "refused", "notimp", "notauth"] as const) {
    await test.step(`a first server that says ${mode} gives place to the next`, async () => {
      await lab.configure(...both);
      for (const network of NETWORKS.slice(0, 2)) {
        lab.reset();
        await untilFirstIsAskedFirst();
        first!.mode = mode;
        assert.equal(await lookUp(docker, network, `some-${network}.test`), "10.9.0.2");
        assert.ok(first!.questions.includes(`udp some-${network}.test`), first!.questions.join());
      }
      const [answer] = await askOverTcp(docker, "bridge", ["some.test"]);
      assert.deepEqual([...answer!.slice(-4)], [10, 9, 0, 2]);
    });
  }

  await test.step("a silent first server costs one wait, not one for each question", async () => {
    lab.reset();
    await untilFirstIsAskedFirst();
    first!.mode = "silent";
    const ask = async (network: string, name: string) => {
      assert.equal(await lookUp(docker, network, name), "10.9.0.2");
      // The time between the two questions, since that of the whole command depends on the machine.
      return second!.askedAt.get(name)! - (first!.askedAt.get(name) ?? Infinity);
    };
    const waited = await ask("bridge", "first.test");
    assert.ok(waited > NAME_LIMITS.patienceMilliseconds / 2, `${waited} ms`);
    for (const network of NETWORKS) {
      // If the first one is asked at all, then only to see whether it is back.
      const lasted = await ask(network, `later-${network}.test`);
      assert.ok(lasted < NAME_LIMITS.patienceMilliseconds / 2, `${network}: ${lasted} ms`);
    }
  });

  await test.step("a first server that closes its connections is passed over", async () => {
    lab.reset();
    first!.mode = "closed";
    const [answer] = await askOverTcp(docker, "bridge", ["some.test"]);
    assert.deepEqual([...answer!.slice(-4)], [10, 9, 0, 2]);
  });

  await test.step("an only server that closes its connections is asked over UDP", async () => {
    await lab.configure(onlyFirst);
    // Not asked any more if the machine stood still for as long as one is waited for.
    await eventually(async () => {
      const [answer] = await askOverTcp(docker, "bridge", ["some.test"]);
      assert.deepEqual([...answer!.slice(-4)], [10, 9, 0, 1]);
    });
  });

  await test.step("name servers that change are followed, and without one the answer comes at once", async () => {
    lab.reset();
    await lab.configure(`nameserver ${second!.address}`);
    assert.equal(await lookUp(docker, "bridge", "changed.test"), "10.9.0.2");
    assert.deepEqual(first!.questions, []);
    await lab.configure("# none");
    // Waiting for an answer would take longer than this each time, a busy machine does not.
    await eventually(async () => {
      const begun = performance.now();
      assert.equal(await lookUp(docker, "bridge", "none.test"), "SERVFAIL");
      const lasted = performance.now() - begun;
      assert.ok(lasted < 2_000, `${lasted} ms`);
    });
    assert.equal(await lookUp(docker, "bridge", OWN_NAMES[0]!), host);
  });

  await test.step("a name server on 127.x opens no other service there to the engine's network", async () => {
    await lab.configure("nameserver 127.0.0.77");
    await windlass.run(["restart"]);
    // A container with NET_ADMIN on the engine's network can send packets for 127.x out of it.
    const routes = [
      "ip rule add pref 20 lookup local && ip rule add pref 10 to 127.0.0.99 lookup 100 && ip rule del pref 0",
      "ip route add 127.0.0.99 via $(ip route show default | cut -d' ' -f3) dev eth0 table 100",
      "echo 1 >/proc/sys/net/ipv4/conf/eth0/route_localnet",
    ].join(" && ");
    const inEngine = "nsenter --net=/run/windlass/network --";
    await inDistro(windlass, `${inEngine} sh -c "${routes.replaceAll("$", "\\$")}"`);
    const connect = async (target: string, seconds: number) => {
      const line = `${inEngine} timeout ${seconds} bash -c '</dev/tcp/${target}' 2>&1; echo $?`;
      return await inDistro(windlass, line);
    };
    const [gateway] = /\S+$/.exec(await inDistro(windlass, "grep ^nameserver /etc/resolv.conf"))!;
    // Nothing listens on either; what arrives is refused, what is dropped has no answer.
    assert.match(await connect(`${gateway}/53`, 60), /refused/);
    assert.equal(await connect("127.0.0.99/1", 2), "124");
  });
});
