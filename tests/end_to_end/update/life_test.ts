/**
 * A whole life of an installation that follows a channel: a new program and root file system come by themselves, broken versions go
 * again by themselves, and the user goes back. Containers and volumes are there all the time.
 */
import assert from "node:assert/strict";
import type { UpdateStatus } from "../../../src/api/resources/updates.ts";
import { type DockerClient, openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { openUpdateLab } from "../../support/update_lab.ts";
import { executableUnderTest, type StartedWindlass, startWindlass } from "../../support/windlass_instance.ts";

/**
 * The minute that makes a moment idle, download, import of the engine distro, switch and health check take two minutes; far above
 * what a busy machine makes of that.
 */
const CHANGE_MILLISECONDS = 600_000;
const CHANGE = { deadlineMilliseconds: CHANGE_MILLISECONDS };

/** Makes what an update could lose. */
async function makeData(docker: DockerClient): Promise<void> {
  await docker.run(["volume", "create", "kept"]);
  const write = "echo precious > /kept/file; echo changed > /own";
  await docker.run(["run", "--name", "stopped", "-v", "kept:/kept", "busybox", "sh", "-c", write]);
  await docker.run(["commit", "stopped", "kept-image"]);
  await docker.run(["run", "-d", "--name", "web", "--restart", "always", "busybox", "sleep", "1000000"]);
}

/** Fails if something that {@linkcode makeData} made is missing. */
async function assertData(docker: DockerClient): Promise<void> {
  const names = (await docker.run(["ps", "--all", "--format", "{{.Names}}"])).split("\n").sort();
  assert.deepEqual(names, ["stopped", "web"]);
  const read = ["run", "--rm", "-v", "kept:/kept", "kept-image", "cat", "/kept/file", "/own"];
  assert.equal(await docker.run(read), "precious\nchanged");
}

async function updateOf(instance: StartedWindlass): Promise<UpdateStatus> {
  return JSON.parse(await instance.run(["update", "status", "--json"]));
}

/** Waits until a version runs and nothing is being done. */
async function untilVersion(instance: StartedWindlass, version: string): Promise<UpdateStatus> {
  return await eventually(async () => {
    const update = await updateOf(instance);
    assert.deepEqual([update.current.version, update.current.trial, update.step], [version, false, "idle"]);
    return update;
  }, CHANGE_MILLISECONDS).catch(async (error) => {
    throw new Error(`${error.message}\n${await instance.logs()}`, { cause: error });
  });
}

Deno.test("an installation follows its channel, and leaves what does not work there", async (test) => {
  await using lab = await openUpdateLab("linux-x64", executableUnderTest());
  await using instance = await startWindlass({ executable: await lab.build("1.0.0") });
  await using docker = await openDockerClient(instance.dockerHost);
  await makeData(docker);

  await test.step("nothing is offered by a channel without releases newer than this one", async () => {
    await lab.publish("1.0.0");
    assert.match(await instance.run(["update", "check"]), /1\.0\.0/);
    // A host that has never checked does so by itself minutes after its start, and what it downloads then is in the way.
    await instance.run(["stop"]);
    await instance.run(["start"]);
  });

  await test.step("a new version with another root file system waits while a container runs", async () => {
    await lab.publish("1.1.0", {
      agent: (text) => `${text}\n// of 1.1.0\n`,
      rootfsFile: { path: "etc/windlass-test", text: "of 1.1.0\n" },
    });
    const offered: UpdateStatus = JSON.parse(await instance.run(["update", "check", "--json"]));
    assert.equal(offered.offer?.version, "1.1.0");
    assert.ok(offered.offer.downloadBytes < offered.offer.fullBytes / 50, JSON.stringify(offered.offer));
    await instance.run(["update", "install"], CHANGE);
    const waiting = await updateOf(instance);
    assert.deepEqual([waiting.current.version, waiting.step], ["1.0.0", "waiting-for-idle"]);
    assert.equal(await docker.run(["inspect", "--format", "{{.State.Running}}", "web"]), "true");
  });

  await test.step("and comes by itself when nothing runs", async () => {
    await docker.run(["stop", "--time", "0", "web"]);
    const update = await untilVersion(instance, "1.1.0");
    assert.equal(update.previous?.version, "1.0.0");
    assert.equal((await instance.status()).distro.name, "windlass-b");
    await docker.run(["start", "web"]);
    await assertData(docker);
    const inside = ["wsl", "-d", "windlass-b", "--exec", "cat", "/etc/windlass-test"];
    assert.equal(await instance.run(inside), "of 1.1.0");
    // The old one goes some time after the new version has come.
    await eventually(async () => {
      const distros = await instance.run(["wsl", "--list", "--quiet"], { env: { WSL_UTF8: "1" } });
      assert.deepEqual(distros.split(/\s+/).sort(), ["windlass-b", "windlass-data"]);
    }, CHANGE_MILLISECONDS);
  });

  const isRolledBack = async (version: string, reason: RegExp) => {
    const result = await instance.attempt(["update", "install", "--now"], CHANGE);
    assert.notEqual(result.code, 0, result.stdout);
    const update = await untilVersion(instance, "1.1.0");
    const bad = update.bad.find((entry) => entry.version === version);
    assert.match(bad?.reason ?? "", reason, `${result.stderr}\n${JSON.stringify(update, null, 1)}`);
    const { warnings } = JSON.parse(await instance.run(["status", "--json"]));
    assert.ok(warnings.some(({ message }: { message: string }) => message.includes(version)), version);
    await eventually(async () => {
      assert.equal(await docker.run(["inspect", "--format", "{{.State.Running}}", "web"]), "true");
    }, CHANGE_MILLISECONDS);
    await assertData(docker);
  };

  await test.step("a version whose host cannot start is rolled back", async () => {
    const breaks = 'if (Deno.args[0] === "host") throw new Error("broken on purpose");';
    await lab.publish("1.2.0", { program: (text) => `${breaks}\n${text}` });
    await isRolledBack("1.2.0", /\S/);
  });

  await test.step("one whose host hangs is rolled back", async () => {
    const hangs = 'if (Deno.args[0] === "host") await new Promise(() => setInterval(() => {}, 1000));';
    await lab.publish("1.2.1", { program: (text) => `${hangs}\n${text}` });
    await isRolledBack("1.2.1", /\S/);
  });

  await test.step("one whose engine does not come up is rolled back", async () => {
    // The rehearsal has no data distro, so this agent passes it.
    const breaks = 'if (!Deno.args.includes("rehearse")) Deno.exit(3);';
    await lab.publish("1.2.2", { agent: (text) => `${breaks}\n${text}` });
    await isRolledBack("1.2.2", /\S/);
  });

  await test.step("one whose engine fails its rehearsal is not switched to", async () => {
    const pid = (await instance.status()).host.pid;
    await lab.publish("1.2.3", {
      rootfsFile: { path: "usr/sbin/runc", text: "#!/bin/sh\nexit 1\n", mode: 0o755 },
    });
    const result = await instance.attempt(["update", "install", "--now"], CHANGE);
    assert.notEqual(result.code, 0, result.stdout);
    assert.equal((await instance.status()).host.pid, pid);
    await assertData(docker);
  });

  await test.step("a good version is taken after all these", async () => {
    await lab.publish("1.3.0");
    await instance.run(["update", "install", "--now"], CHANGE);
    await untilVersion(instance, "1.3.0");
    await assertData(docker);
  });

  await test.step("the user goes back to the version before, with all data", async () => {
    await instance.run(["update", "rollback", "--now"], CHANGE);
    const update = await untilVersion(instance, "1.1.0");
    assert.deepEqual(update.skipped, ["1.3.0"]);
    await assertData(docker);
  });
});
