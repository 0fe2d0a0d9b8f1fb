import assert from "node:assert/strict";
import { join } from "node:path";
import { hostTraces } from "../../support/host_traces.ts";
import { eventually, leaveBehind, tracesAfterEnd, WslInstance } from "./fixture.ts";

Deno.test("wsl --import that does not come to its end", async (t) => {
  await using wsl = await WslInstance.open();
  const folder = join(wsl.home, "tiny");
  const archive = await Deno.readFile(wsl.archive);
  const isGone = async () =>
    (await wsl.call(["-l", "-q", "--all"])).stdout === "" &&
    !(await Deno.stat(folder).then(() => true, () => false));

  for (const part of [0, 0.1, 0.5, 0.99, 1]) {
    await t.step(`kill -9 of wsl after ${part * 100} % of the archive takes it back`, async () => {
      const child = wsl.start(["--import", "tiny", folder, "-"], { stdin: "piped" });
      const writer = child.stdin.getWriter();
      if (part > 0) await writer.write(archive.subarray(0, Math.floor(archive.length * part)));
      else await eventually("it has begun", () => Deno.stat(folder).then(() => true, () => false));
      assert.equal((await wsl.states()).tiny, "Installing");
      child.kill("SIGKILL");
      await Promise.all([child.output(), writer.close().catch(() => {})]);
      await eventually("all is taken back", isGone);
    });
  }

  await t.step("a distro that is being imported does not exist for others", async () => {
    const child = wsl.start(["--import", "tiny", folder, "-"], { stdin: "piped" });
    await eventually("it has begun", async () => (await wsl.states()).tiny === "Installing");
    const code = async (args: string[]) => /Error code: (.*)\r\n/.exec((await wsl.call(args)).stdout)?.[1];
    assert.equal(await code(["-d", "tiny", "--exec", "/bin/true"]), "Wsl/Service/WSL_E_DISTRO_NOT_FOUND");
    assert.equal(await code(["--unregister", "tiny"]), "Wsl/Service/E_ILLEGAL_STATE_CHANGE");
    assert.equal(
      await code(["--import", "tiny", `${folder}2`, wsl.archive]),
      "Wsl/Service/RegisterDistro/E_ILLEGAL_STATE_CHANGE",
    );
    assert.equal((await wsl.call(["-l", "-q"])).stdout, "");
    child.kill("SIGKILL");
    await Promise.all([child.output(), child.stdin.close().catch(() => {})]);
    await eventually("all is taken back", isGone);
  });

  await t.step("kill -9 of the service in the middle: the call fails, the next one cleans up", async () => {
    const child = wsl.start(["--import", "tiny", folder, "-"], { stdin: "piped" });
    const writer = child.stdin.getWriter();
    // More than a pipe holds: it is being unpacked. Before, the call would start another service.
    await writer.write(archive.subarray(0, Math.floor(archive.length / 2)));
    assert.equal((await wsl.states()).tiny, "Installing");
    Deno.kill(await wsl.servicePid(), "SIGKILL");
    const { code, stdout } = await child.output();
    await writer.close().catch(() => {}); // not before: the end of half an archive is a failure of its own
    assert.equal(code, 255);
    assert.equal(
      new TextDecoder().decode(stdout),
      "Cannot continue: the service of wsl has ended in the middle of the call.\r\n" +
        "Run 'wsl --shutdown' ('windlass wsl --shutdown' on Linux) and try again; 'windlass logs' shows what happened before.\r\n" +
        "Error code: Wsl/WL_WSL_FAILED\r\n",
    );
    assert.ok(await isGone());
  });

  await t.step("a full disk", async () => {
    const small = join(wsl.home, "small");
    await Deno.mkdir(small);
    await run("mount", "-t", "tmpfs", "-o", "size=1m", "none", small);
    try {
      const { code, stdout, stderr } = await wsl.call(["--import", "tiny", join(small, "tiny"), wsl.archive]);
      assert.deepEqual(
        [code, stdout.split("\r\n")[1]],
        [255, "Error code: Wsl/Service/RegisterDistro/WSL_E_IMPORT_FAILED"],
      );
      assert.match(stderr, /No space left on device/);
      assert.deepEqual([...Deno.readDirSync(small)], []);
      assert.equal((await wsl.call(["-l", "-q", "--all"])).stdout, "");
    } finally {
      await run("umount", small);
    }
  });

  await t.step("after all that an import works", async () => {
    assert.equal((await wsl.call(["--import", "tiny", folder, wsl.archive])).code, 0);
    assert.equal(await wsl.script("tiny", "echo hi"), "hi\n");
  });

  await t.step("a mount among the files keeps a distro from being removed", async () => {
    await run("mount", "-t", "tmpfs", "none", join(folder, "rootfs/tmp"));
    try {
      const { code, stdout } = await wsl.call(["--unregister", "tiny"]);
      assert.deepEqual(
        [code, stdout],
        [
          255,
          "The files of the distribution are in use: something is mounted among them.\r\n" +
          "Error code: Wsl/Service/ERROR_SHARING_VIOLATION\r\n",
        ],
      );
    } finally {
      await run("umount", join(folder, "rootfs/tmp"));
    }
    assert.equal(await wsl.script("tiny", "echo hi"), "hi\n");
  });
});

Deno.test("wsl recovers from kill -9 of its service", async () => {
  await using wsl = await WslInstance.withDistros(["tiny"]);
  await wsl.call(["--shutdown"]);
  assert.deepEqual(await tracesAfterEnd([wsl.home]), []);
  const program = await wsl.keep("tiny");
  await wsl.script("tiny", leaveBehind(1_000, ">/dev/null 2>&1"));

  Deno.kill(await wsl.servicePid(), "SIGKILL");
  assert.equal(await program.ended(), 1);
  await eventually("no process survives", async () => {
    return (await hostTraces(wsl.home)).every((trace) => !trace.startsWith("process"));
  });
  assert.deepEqual(await wsl.states(), { tiny: "Stopped" });
  assert.equal(await wsl.script("tiny", "ps | grep -c '[s]leep 1000' || true"), "0\n");

  Deno.kill(await wsl.servicePid(), "SIGKILL");
  assert.equal((await wsl.call(["--shutdown"])).code, 0);
  assert.deepEqual(await tracesAfterEnd([wsl.home]), []);
});

async function run(tool: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(tool, { args }).output();
  if (!success) throw new Error(`${tool}: ${new TextDecoder().decode(stderr)}`);
}
