import assert from "node:assert/strict";
import { join } from "node:path";
import { Status } from "../../../schemas.ts";
import { openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { runCommand } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { executableUnderTest, startWindlass } from "../../support/windlass_instance.ts";
import { executableWithAnotherAgent } from "../../support/executable_variant.ts";

/** One instance for the tests in their order; the last one of them leaves a newer engine in it. */
const running = oncePerFile(startWindlass);

Deno.test("windlass start finds the host that runs, and status, logs and env show it", async () => {
  const instance = await running();
  const status = Status.parse(JSON.parse(await instance.run(["status", "--json"])));
  assert.equal(status.engine.state, "running");
  assert.match(status.engine.dockerVersion ?? "", /^28\./);
  assert.match(status.distro.rootfs ?? "", /^[0-9a-f]{64}$/);
  const again = await instance.attempt(["start"]);
  assert.deepEqual([again.code, again.stderr], [
    0,
    `Windlass is already running: Docker ${status.engine.dockerVersion} at ${status.engine.dockerHost}\n`,
  ]);
  assert.equal((await instance.status()).host.pid, status.host.pid);
  // The last lines of dockerd's start may come after the start.
  await eventually(async () =>
    assert.match(await instance.run(["logs", "--source", "dockerd"]), / dockerd .*API listen on/)
  );
  assert.match(await instance.run(["logs", "--source", "host"]), / host {4}engine\.state kind=running/);
});

Deno.test("windlass docker works in the user's folder, with paths of the user's machine", async () => {
  const instance = await running();
  await using folder = await openTemporaryFolder("windlass user");
  await Deno.writeTextFile(join(folder.path, "note.txt"), "from the machine\n");
  await Deno.writeTextFile(join(folder.path, "Dockerfile"), "FROM busybox\nCOPY note.txt /note.txt\n");
  const docker = (...args: string[]) => instance.run(["docker", ...args], { cwd: folder.path });
  assert.equal(
    await docker("run", "--rm", "-v", `${folder.path}:/data:ro`, "busybox", "cat", "/data/note.txt"),
    "from the machine",
  );
  assert.equal(
    await docker("run", "--rm", "-v", "./note.txt:/n", "busybox", "cat", "/n"),
    "from the machine",
  );
  await docker("build", "--quiet", "--tag", "noted", ".");
  await docker("build", "--quiet", "--tag", "noted", folder.path);
  assert.equal(await docker("run", "--rm", "noted", "cat", "/note.txt"), "from the machine");
  const failing = await instance.attempt(["docker", "run", "--rm", "busybox", "sh", "-c", "exit 42"]);
  assert.equal(failing.code, 42);
  // Counts without waiting for the end: dockerd itself loses, once in some hundred times, one that comes early.
  const count = ["sh", "-c", "head -c 100000 | wc -c"];
  const piped = await instance.attempt(["docker", "run", "--rm", "-i", "busybox", ...count], {
    stdin: "x".repeat(100_000),
  });
  assert.equal(piped.stdout.trim(), "100000");
});

Deno.test("windlass reset keeps the data, reset --data --yes does not, and both leave a running Windlass running", async () => {
  const instance = await running();
  await using docker = await openDockerClient(instance.dockerHost);
  await docker.run(["volume", "create", "kept"]);
  await instance.run(["reset"]);
  assert.equal((await instance.status()).engine.state, "running");
  assert.equal(await docker.run(["volume", "ls", "--quiet"]), "kept");
  await instance.run(["reset", "--data", "--yes"]);
  assert.equal((await instance.status()).engine.state, "running");
  assert.equal(await docker.run(["volume", "ls", "--quiet"]), "");
});

Deno.test("windlass start with a newer root file system replaces the engine and keeps the data", async () => {
  await using newer = await executableWithAnotherAgent();
  const instance = await running();
  const before = await instance.status();
  {
    await using docker = await openDockerClient(instance.dockerHost);
    await docker.run(["volume", "create", "kept"]);
    await docker.run([
      "run",
      "--name",
      "writer",
      "-v",
      "kept:/kept",
      "busybox",
      "sh",
      "-c",
      "echo precious > /kept/file",
    ]);
    await docker.run(["commit", "writer", "kept-image"]);
  }
  await instance.run(["stop"]);
  const started = await runCommand([newer.path, "start"], { env: { WINDLASS_HOME: instance.home } });
  assert.equal(started.code, 0, started.stderr);
  const after = await instance.status();
  assert.notEqual(after.distro.rootfs, before.distro.rootfs);
  await using docker = await openDockerClient(instance.dockerHost);
  assert.equal(
    await docker.run(["run", "--rm", "-v", "kept:/kept", "kept-image", "cat", "/kept/file"]),
    "precious",
  );
  assert.match(await docker.run(["ps", "--all", "--format", "{{.Names}}"]), /^writer$/m);
});

Deno.test("windlass uninstall removes all of an instance and nothing else", async () => {
  await using folder = await openTemporaryFolder("windlass-parent");
  const home = join(folder.path, "home");
  const env = { WINDLASS_HOME: home };
  const started = await runCommand([executableUnderTest(), "start"], { env });
  assert.equal(started.code, 0, started.stderr);
  await Deno.writeTextFile(join(home, "mine.txt"), "not Windlass's");
  const removed = await runCommand([executableUnderTest(), "uninstall", "--yes"], { env });
  assert.equal(removed.code, 0, removed.stderr);
  assert.deepEqual([...Deno.readDirSync(home)].map((entry) => entry.name), ["mine.txt"]);
  await Deno.remove(join(home, "mine.txt"));
  const again = await runCommand([executableUnderTest(), "uninstall", "--yes"], { env });
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});
