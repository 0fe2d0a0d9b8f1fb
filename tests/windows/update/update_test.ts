/** windlass.exe follows its channel: a new program and root file system, and a broken version that goes again by itself. */
import assert from "node:assert/strict";
import type { Status } from "../../../src/api/resources/status.ts";
import type { UpdateStatus } from "../../../src/api/resources/updates.ts";
import { eventually } from "../../support/eventually.ts";
import { openUpdateLab } from "../../support/update_lab.ts";
import { openWindowsInstance, windowsExecutable, type WindowsInstance } from "../support/windows_instance.ts";

/** Download, import, switch and health check under Wine: far above what a busy machine makes of them. */
const CHANGE_MILLISECONDS = 600_000;
/** A file of the machine that keeps a version that {@linkcode STAYS_ON_TRIAL} from being confirmed. */
const HOLD = "C:\\hold";
/** Put in front of a program: a trial is over within seconds, too soon for a test that is slow to look. */
const STAYS_ON_TRIAL = `{
  const { lstat, readTextFile, rename } = Deno;
  const isHeld = async (from, to) => String(to).endsWith("current.json") &&
    (await readTextFile(from)).includes('"trial":false') &&
    await lstat(${JSON.stringify(HOLD)}).then(() => true, () => false);
  Deno.rename = async (from, to) => {
    while (await isHeld(from, to)) await new Promise((resolve) => setTimeout(resolve, 100));
    await rename(from, to);
  };
}`;

async function updateOf(instance: WindowsInstance): Promise<UpdateStatus> {
  return JSON.parse(await instance.run(["update", "status", "--json"]));
}

async function statusOf(instance: WindowsInstance): Promise<Status> {
  return JSON.parse(await instance.run(["status", "--json"]));
}

async function untilVersion(instance: WindowsInstance, version: string): Promise<UpdateStatus> {
  return await eventually(async () => {
    assert.notEqual((await statusOf(instance)).host.pid, null);
    const update = await updateOf(instance);
    assert.deepEqual([update.current.version, update.current.trial, update.step], [version, false, "idle"]);
    return update;
  }, CHANGE_MILLISECONDS);
}

Deno.test("windlass.exe is updated from a channel, and comes back from a version that does not start", async (test) => {
  await using lab = await openUpdateLab("windows-x64", await windowsExecutable());
  await using instance = await openWindowsInstance({ executable: await lab.build("1.0.0") });
  const { docker } = instance;
  await instance.run(["start"]);
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
  const assertData = async () => {
    assert.equal(await docker.run(["ps", "--all", "--format", "{{.Names}}"]), "writer");
    assert.equal(
      await docker.run(["run", "--rm", "-v", "kept:/kept", "busybox", "cat", "/kept/file"]),
      "precious",
    );
  };

  await test.step("1.1.0 has another program and another root file system", async () => {
    await lab.publish("1.1.0", {
      agent: (text) => `${text}\n// of 1.1.0\n`,
      rootfsFile: { path: "etc/windlass-test", text: "of 1.1.0\n" },
    });
    await instance.run(["update", "install", "--now"]);
    const update = await untilVersion(instance, "1.1.0");
    assert.equal(update.previous?.version, "1.0.0");
    assert.equal((await statusOf(instance)).distro.name, "windlass-b");
    await assertData();
  });

  await test.step("1.2.0 does not start, and 1.1.0 returns", async () => {
    const breaks = 'if (Deno.args[0] === "host") throw new Error("broken on purpose");';
    await lab.publish("1.2.0", { program: (text) => `${breaks}\n${text}` });
    await instance.attempt(["update", "install", "--now"]);
    const update = await untilVersion(instance, "1.1.0");
    assert.deepEqual(update.bad.map(({ version }) => version), ["1.2.0"]);
    await assertData();
  });

  await test.step("a host that is killed on trial is started again", async () => {
    await lab.publish("1.3.0", { program: (text) => `${STAYS_ON_TRIAL}\n${text}` });
    const hold = instance.machine.wine.toLinux(HOLD);
    await Deno.writeTextFile(hold, "");
    const begun = instance.attempt(["update", "install", "--now"]);
    const { pid } = await eventually(async () => {
      const found = await statusOf(instance);
      assert.deepEqual([found.version, found.update?.current.trial], ["1.3.0", true]);
      return found.host;
    }, CHANGE_MILLISECONDS);
    await instance.machine.wine.run({ program: "taskkill", args: ["/f", "/pid", `${pid}`] });
    await Deno.remove(hold);
    await begun;
    await untilVersion(instance, "1.3.0");
    await assertData();
  });

  await test.step("the user goes back", async () => {
    await instance.run(["update", "rollback", "--now"]);
    await untilVersion(instance, "1.1.0");
    await assertData();
  });
});
