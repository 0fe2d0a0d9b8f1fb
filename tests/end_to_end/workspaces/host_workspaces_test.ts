/** A distro of the user's that is switched on and off: Docker inside, the engine's rest, restarts of distro and host. */
import assert from "node:assert/strict";
import { exists } from "../../support/test_rootfs.ts";
import { eventually } from "../../support/eventually.ts";
import { listProcesses } from "../../support/process_tree.ts";
import { runChecked } from "../../support/run_command.ts";
import { openUserDistro } from "../../support/user_distros/user_distro.ts";
import { startWindlass, type WindlassInstance } from "../../support/windlass_instance.ts";

const PS = "/usr/local/bin/docker ps --quiet";
/** What the runner writes to each distro when it starts it, and what is new with each start. */
const RUNTIME = ["/etc/resolv.conf", "/etc/hosts", "/run", "/tmp", "/mnt", "/init", "/bin/wslpath"];

/** Everything in a distro that does not run, a line each. */
async function treeOf(files: string): Promise<string[]> {
  const format = "%P %y %m %U:%G %s %l\\n";
  const pruned = RUNTIME.flatMap((path) => ["-path", `${files}${path}`, "-prune", "-o"]);
  const { stdout } = await runChecked(["find", files, ...pruned, "-not", "-type", "d", "-printf", format]);
  const folders = await runChecked(["find", files, ...pruned, "-type", "d", "-printf", "%P %m %U:%G\\n"]);
  return [...stdout.split("\n"), ...folders.stdout.split("\n")].toSorted();
}

async function engineState(instance: WindlassInstance): Promise<string> {
  return (await instance.status()).engine.state;
}

async function problemsOf(instance: WindlassInstance, name: string): Promise<string[]> {
  const { problems } = JSON.parse(await instance.run(["workspace", "check", name, "--json"]));
  return problems.map(({ code }: { code: string }) => code);
}

Deno.test("a workspace has Docker while it is enabled, lets the engine rest, and keeps nothing afterwards", async (test) => {
  await using instance = await startWindlass();
  await using distro = await openUserDistro(instance, "busybox", "Own-1.0");
  await distro.terminate();
  const before = await treeOf(distro.files);

  await test.step("enable places everything, for the default user and root alone", async () => {
    await instance.run(["workspace", "enable", "own-1.0"]);
    await distro.script(PS);
    await distro.script(PS, { user: "root" });
    assert.notEqual((await distro.attempt(["/bin/sh", "-c", PS], { user: "other" })).code, 0);
    await eventually(async () => assert.deepEqual(await problemsOf(instance, "Own-1.0"), []));
    assert.equal(await instance.run(["settings", "get", "workspaces"]), '["Own-1.0"]');
  });

  await using terminal = distro.start(["/bin/sleep", "infinity"]);
  await test.step("an idle engine rests while the distro runs, and the next request from there wakes it", async () => {
    await instance.run(["settings", "set", "engine.idleTimeout", "2s"]);
    await eventually(async () => assert.equal(await engineState(instance), "resting"));
    await distro.script(PS);
    await eventually(async () => assert.equal(await engineState(instance), "resting"));
  });

  await test.step("'windlass start' and clients of the machine wake it as well", async () => {
    await instance.run(["start"]);
    await eventually(async () => assert.equal(await engineState(instance), "resting"));
    const { engine } = await instance.status();
    await runChecked([
      "curl",
      "--silent",
      "--fail",
      "--unix-socket",
      engine.dockerHost.replace("unix://", ""),
      "http://d/_ping",
    ]);
  });

  await test.step("everything stops with the distro, and listens again when it is back", async () => {
    terminal.kill("SIGKILL");
    await distro.terminate();
    await eventually(async () => assert.equal(await engineState(instance), "stopped"));
    await using _again = distro.start(["/bin/sleep", "infinity"]);
    await eventually(async () => {
      assert.equal(await engineState(instance), "resting");
      await distro.script("test -S /run/docker.sock");
    });
    await distro.script(PS);
  });

  await test.step("a host that was killed is followed by one that knows the workspace", async () => {
    const { host } = await instance.status();
    Deno.kill(host.pid!, "SIGKILL");
    await eventually(async () =>
      assert.deepEqual((await listProcesses()).filter(({ pid }) => pid === host.pid), [])
    );
    await instance.run(["start"]);
    await distro.script(PS);
    // The distro may have stopped meanwhile, and its link is made again some seconds after it has started.
    await eventually(async () => assert.deepEqual(await problemsOf(instance, "Own-1.0"), []));
  });

  await test.step("a request from the distro starts a host that was stopped", async () => {
    await instance.run(["stop"]);
    await distro.script(PS);
  });

  await test.step("after 'wsl --shutdown' under load, all comes back at the next request", async () => {
    const load = Array.from({ length: 4 }, () => distro.attempt(["/bin/sh", "-c", PS]));
    await instance.run(["wsl", "--shutdown"]);
    await Promise.all(load);
    // A command of the load may be starting what the shutdown has ended: the first answer may be an error.
    await eventually(() => distro.script(PS));
    await eventually(async () => assert.deepEqual(await problemsOf(instance, "Own-1.0"), []));
  });

  await test.step("disable leaves the distro as it was", async () => {
    await instance.run(["workspace", "disable", "Own-1.0"]);
    await distro.terminate();
    assert.deepEqual(await treeOf(distro.files), before);
  });
});

Deno.test("uninstall removes the files of every workspace, with the engine stopped", async () => {
  await using instance = await startWindlass();
  await using distro = await openUserDistro(instance, "busybox", "own");
  await instance.run(["workspace", "enable", "own"]);
  assert.ok(await exists(`${distro.files}/usr/local/bin/docker`));
  await instance.run(["stop"]);
  const { stderr } = await instance.attempt(["uninstall", "--yes"]);
  assert.match(stderr, /Disabled the workspace 'own'/);
  assert.equal(await exists(`${distro.files}/usr/local/bin/docker`), false);
  assert.equal(await exists(`${distro.files}/var/lib/windlass`), false);
});
