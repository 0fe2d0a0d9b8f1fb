/** Containers get the time to stop that their user has asked for, regardless of what stops the engine; and its limits are its own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type DockerClient, openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { importTestImage, TEST_IMAGE } from "../../support/test_image.ts";
import { openWindlassInstance, type WindlassInstance } from "../../support/windlass_instance.ts";
import { runChecked } from "../../support/run_command.ts";

/** Longer than a container gets that asks for nothing, and than a killed agent's successor waits by itself. */
const SLOW_SECONDS = 12;
/** Far longer than that, and than any other stop. */
const STOP_TIMEOUT = 200;
const waitingFor = (name: string) => `Waiting for ${name} (up to ${STOP_TIMEOUT} s)`;
const STOPS_SLOWLY = `trap "sleep ${SLOW_SECONDS}; exit 0" TERM; echo ready; while :; do sleep 0.1; done`;
const NEVER_STOPS = 'trap "" TERM; echo ready; while :; do sleep 0.1; done';
type Docker = Pick<DockerClient, "run">;

/** Hard limit of open files, and of core files, in the shell that starts it. */
const SHELL_LIMITS = { files: 4096, core: 0 } as const;

Deno.test("an engine that a limited shell has started", async (test) => {
  await using instance = await openWindlassInstance();
  const { files, core } = SHELL_LIMITS;
  const shell = `umask 077; ulimit -n ${files}; ulimit -c ${core}; exec nice -n 5 taskset 1 "$0" start`;
  await runChecked(["sh", "-c", shell, instance.executable], {
    env: { WINDLASS_HOME: instance.home },
  });
  const { dockerHost } = (await instance.status()).engine;
  await using docker = await openDockerClient(dockerHost);
  await importTestImage(docker);

  await test.step("gives containers the limits that Docker's own unit gives them", async () => {
    const script = "echo $(ulimit -Sn) $(ulimit -Hn) $(ulimit -c) $(ulimit -u) $(umask) " +
      "$(cut -d' ' -f19 /proc/self/stat) $(cat /proc/self/oom_score_adj); nproc";
    const [limits, processors] = (await docker.run(["run", "--rm", TEST_IMAGE, "sh", "-c", script])).split(
      "\n",
    );
    // Without the right to raise a hard limit, the shell's own ones are the most that there is.
    const hard = await mayRaiseLimits()
      ? "524288 unlimited unlimited"
      : `${files} ${core} ${await ownProcessLimit()}`;
    assert.equal(limits, `1024 ${hard} 0022 0 0`);
    assert.equal(Number(processors), navigator.hardwareConcurrency);
  });

  const runDetached = async (name: string, script: string) => {
    const options = ["--name", name, "--stop-timeout", String(STOP_TIMEOUT)];
    await docker.run(["run", "--detach", ...options, TEST_IMAGE, "sh", "-c", script]);
    await untilReady(docker, name, 1);
  };
  await runDetached("slow", STOPS_SLOWLY);

  await test.step("waits for a slow container at a restart, and says so", async () => {
    const { stderr, code } = await instance.attempt(["restart"]);
    assert.equal(code, 0, stderr);
    assert.ok(stderr.split("\n").includes(waitingFor("slow")), stderr);
    assert.equal(await exitCode(docker), 0);
    // In the file: the host that runs now has only lines of its own.
    assert.match(
      await Deno.readTextFile(join(instance.home, "logs/windlass.jsonl")),
      /"stage":"Waiting for slow/,
    );
  });

  await test.step("waits for it when the host is told to end", async () => {
    await docker.run(["start", "slow"]);
    await untilReady(docker, "slow", 2);
    const { pid } = (await instance.status()).host;
    Deno.kill(pid!, "SIGTERM");
    await eventually(async () => assert.equal((await instance.status()).host.pid, null), 120_000);
    await instance.run(["start"]);
    assert.equal(await exitCode(docker), 0);
  });

  await test.step("does not wait when a stop is forced that is under way already", async () => {
    await runDetached("stuck", NEVER_STOPS);
    const begun = performance.now();
    const stopping = instance.attempt(["stop"]);
    await eventually(async () => assert.equal(await stageOf(instance), waitingFor("stuck")));
    await instance.run(["stop", "--force"]);
    const { code, stderr } = await stopping;
    assert.equal(code, 0, stderr);
    const lasted = performance.now() - begun;
    assert.ok(lasted < STOP_TIMEOUT * 1_000, `${lasted} ms`);
  });
});

/** Waits until a container that was started so often has set its trap: before, it ignores the signal that stops it. */
async function untilReady(docker: Docker, name: string, starts: number): Promise<void> {
  await eventually(async () => {
    assert.equal(await docker.run(["logs", name]), Array(starts).fill("ready").join("\n"));
  });
}

/** Whether this machine has the capability CAP_SYS_RESOURCE for us. */
async function mayRaiseLimits(): Promise<boolean> {
  const status = await Deno.readTextFile("/proc/self/status");
  return (BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(status)![1]}`) >> 24n & 1n) === 1n;
}

/** The hard limit of processes that we have, as `ulimit -u` prints it. */
async function ownProcessLimit(): Promise<string> {
  const limits = await Deno.readTextFile("/proc/self/limits");
  return /^Max processes\s+\S+\s+(\S+)/m.exec(limits)![1]!;
}

async function exitCode(docker: Docker): Promise<number> {
  return Number(await docker.run(["inspect", "slow", "--format", "{{.State.ExitCode}}"]));
}

async function stageOf(instance: WindlassInstance): Promise<string | undefined> {
  return JSON.parse(await instance.run(["status", "--json"])).engine.stage;
}
