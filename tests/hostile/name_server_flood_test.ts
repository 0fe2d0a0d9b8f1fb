// lock: flood
/** One container floods the name server with questions that nobody answers, and with TCP connections that it holds. */
import assert from "node:assert/strict";
import { openDockerClient } from "../support/docker_client.ts";
import { askOverTcp, inDistro, openNamesLab, startIdle } from "../support/names_lab.ts";
import { compiledProgram } from "../support/compile_once.ts";
import { importTestImage } from "../support/test_image.ts";
import { startWindlass } from "../support/windlass_instance.ts";

const QUESTIONS_A_SECOND = 2_000;
/** More than the agent may have descriptors for all containers together. */
const CONNECTIONS = 11_000;
const FLOOD_SECONDS = 8;
/** Lookups of the other container during a flood; without shares, nearly all failed. */
const LOOKUPS = 8;
/** Milliseconds for one of them, by the clock of the container: a resolver repeats a lost question after 5 s. */
const LOOKUP_MILLISECONDS = 4_500;
/** Descriptors of the agent during a flood: its usual ones, and those of one container's share. */
const DESCRIPTORS = 400;

Deno.test("a flood of one container does not take names from another", async (test) => {
  const program = await compiledProgram("tests/support/name_flood.c", "-static", "-D_GNU_SOURCE");
  await using windlass = await startWindlass();
  await using docker = await openDockerClient(windlass.dockerHost);
  await importTestImage(docker);
  await using lab = await openNamesLab(windlass, 1);
  lab.servers[0]!.ignores = /^lost/;
  await lab.configure(`nameserver ${lab.servers[0]!.address}`);
  await startIdle(docker, "flood", "-v", `${program}:/name-flood`);
  await startIdle(docker, "other");
  const hosts = await inDistro(windlass, "cat /etc/hosts");
  const own = /^(\S+)\s+host\.docker\.internal/m.exec(hosts)![1]!;
  const server = own.replace(/\.5$/, ".6");
  const flood = (...how: (string | number)[]) => {
    const made = docker.run([
      "exec",
      "flood",
      "/name-flood",
      server,
      ...how.map(String),
      String(FLOOD_SECONDS),
    ]);
    made.catch(() => {}); // where the step fails before it is awaited
    return made;
  };

  await test.step("of questions over UDP", async () => {
    const flooding = flood("udp", QUESTIONS_A_SECOND);
    await assertOthersAreServed();
    assert.ok(Number(await flooding) > QUESTIONS_A_SECOND);
  });

  await test.step("of connections over TCP", async () => {
    const flooding = flood("tcp", CONNECTIONS);
    await assertOthersAreServed();
    const [answer] = await askOverTcp(docker, "other", ["tcp.test"], server);
    assert.deepEqual([...answer?.slice(-4) ?? []], [10, 9, 0, 1]);
    const open = await inDistro(windlass, "ls /proc/$(pgrep -o -f windlass/agent.js)/fd | wc -l");
    assert.ok(Number(open) < DESCRIPTORS, `${open} descriptors`);
    assert.ok(Number(await flooding) > LOOKUPS);
  });

  async function assertOthersAreServed(): Promise<void> {
    const names = Array.from({ length: LOOKUPS }, (_, index) => `x${index}.test`);
    for (const name of [...names, "host.docker.internal"]) {
      const { stdout } = await docker.attempt(["exec", "other", "sh", "-c", timedLookup(name)]);
      const [begun, ended] = [...stdout.matchAll(/^at (\S+)/gm)].map(([, seconds]) =>
        Number(seconds) * 1_000
      );
      const address = /\n\n[^]*Address: (\S+)/.exec(stdout)?.[1];
      assert.equal(address, name.endsWith(".test") ? "10.9.0.1" : own, stdout);
      const lasted = ended! - begun!;
      assert.ok(lasted < LOOKUP_MILLISECONDS, `${name}: ${lasted} ms`);
    }
  }
});

/** A script that asks for the addresses of a name, and says when it began and ended: starting it takes a while, too. */
function timedLookup(name: string): string {
  const now = "echo at $(cut -d' ' -f1 /proc/uptime)";
  return `${now}; nslookup -type=a ${name}; ${now}`;
}
