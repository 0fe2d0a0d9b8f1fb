import assert from "node:assert/strict";
import { join } from "node:path";
import type { Status } from "../../../src/api/resources/status.ts";
import { answerToInput } from "../../support/answer_to_input.ts";
import { eventually } from "../../support/eventually.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { dockerCliSteps } from "../docker/docker_cli_steps.ts";
import { openWindowsInstance, windowsExecutable, type WindowsInstance } from "../support/windows_instance.ts";

async function statusOf(instance: WindowsInstance): Promise<Status> {
  return JSON.parse(await instance.run(["status", "--json"]));
}

/** Makes a script the browser of the machine; what it is asked to open can be read then. */
async function installBrowser({ machine: { wine } }: WindowsInstance): Promise<() => Promise<string[]>> {
  const { program, args = [] } = wine.denoScript(join(REPOSITORY, "tests/windows/instance/url_recorder.ts"), [
    "C:\\opened.txt",
    "%1",
  ]);
  const command = [program, ...args].map((word) => `\\"${word.replaceAll("\\", "\\\\")}\\"`).join(" ");
  await wine.importRegistry(
    `[HKEY_LOCAL_MACHINE\\Software\\Classes\\http\\shell\\open\\command]\n@="${command}"\n`,
  );
  return async () => {
    const text = await Deno.readTextFile(join(wine.driveC, "opened.txt")).catch(() => "");
    return text.split(/\r?\n/).filter((line) => line !== "");
  };
}

Deno.test("windlass.exe: starts, pages, accidents and the Docker CLI of the distro", async (test) => {
  await using instance = await openWindowsInstance();
  const { machine: { wine }, docker } = instance;
  const opened = await installBrowser(instance);

  await test.step("open on an empty profile starts everything and shows the page", async () => {
    const { code, stdout, stderr } = await instance.attempt(["open"]);
    assert.equal(code, 0, stderr);
    const [url] = await eventually(async () => {
      const urls = await opened();
      assert.equal(urls.length, 1);
      return urls;
    });
    assert.equal(url, stdout.trim());
    // At once: the link is good for a minute.
    const first = await fetch(url!, { redirect: "manual" });
    await first.body?.cancel();
    assert.ok(first.headers.get("set-cookie")?.includes("HttpOnly"), "the link becomes a cookie");
    const again = await fetch(url!, { redirect: "manual" });
    await again.body?.cancel();
    assert.equal(again.headers.get("set-cookie"), null, "the link works once");
    assert.equal((await statusOf(instance)).engine.state, "running");
  });

  await test.step("a second open only shows the page, of the same host", async () => {
    const { pid } = (await statusOf(instance)).host;
    await instance.run(["open"]);
    await eventually(async () => assert.equal((await opened()).length, 2));
    assert.equal((await statusOf(instance)).host.pid, pid);
  });

  await test.step("a second start finds the first", async () => {
    const { stderr } = await instance.attempt(["start"]);
    assert.match(
      stderr,
      /^Windlass is already running: Docker \S+ at npipe:\/\/\/\/\.\/pipe\/windlass_engine$/m,
    );
  });

  await test.step("the Docker CLI of the distro: folder, paths of Windows, stdin, exit code", async () => {
    await Deno.mkdir(join(wine.profile, "My project"));
    await Deno.writeTextFile(join(wine.profile, "My project", "file.txt"), "from Windows");
    const windlass = async (args: string[]) => {
      const program = wine.toWindows(await windowsExecutable());
      return await wine.run({ program, args, cwd: "C:\\users\\root\\My project" });
    };
    const read = ["busybox", "cat", "/data/file.txt"];
    for (const source of ["C:\\users\\root\\My project", "c:/users/root/My project", "."]) {
      const result = await windlass(["docker", "run", "--rm", "-v", `${source}:/data`, ...read]);
      assert.deepEqual([result.stdout, result.code], ["from Windows", 0], source + result.stderr);
    }
    const program = wine.toWindows(await windowsExecutable());
    const args = ["docker", "run", "-i", "--rm", "busybox", "sh", "-c", "echo ready; exec cat"];
    assert.equal(await answerToInput(wine.start({ program, args }), "piped in"), "piped in");
    assert.equal((await windlass(["docker", "run", "--rm", "busybox", "sh", "-c", "exit 37"])).code, 37);
    const refused = await windlass([
      "docker",
      "run",
      "--rm",
      "-v",
      "\\\\server\\share:/x",
      "busybox",
      "true",
    ]);
    assert.equal(refused.code, 125);
    assert.match(refused.stderr, /Cannot mount '\\\\server\\share': the engine cannot reach network shares/);
  });

  await dockerCliSteps(test, instance);

  await test.step("a host that is killed leaves nothing that is in the way of the next", async () => {
    const { pid } = (await statusOf(instance)).host;
    await docker.run(["volume", "create", "kept"]);
    const { code } = await wine.run({ program: "taskkill", args: ["/f", "/pid", `${pid}`] });
    assert.equal(code, 0);
    await eventually(async () => assert.equal((await statusOf(instance)).host.pid, null));
    await instance.run(["start"]);
    assert.equal(await docker.run(["volume", "ls", "--quiet"]), "kept");
    assert.equal(await docker.run(["run", "--rm", "busybox", "echo", "again"]), "again");
  });

  await test.step("stop ends containers that run", async () => {
    await docker.run(["run", "-d", "--name", "busy", "busybox", "sh", "-c", "while :; do :; done"]);
    const { code, stderr } = await instance.attempt(["stop"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Windlass has stopped$/m);
    const status = await statusOf(instance);
    assert.deepEqual([status.host.pid, status.engine.state, status.engine.listening], [null, "stopped", []]);
  });

  await test.step("of starts at once, one wins and all succeed", async () => {
    const results = await Promise.all([1, 2, 3, 4].map(() => instance.attempt(["start"])));
    assert.deepEqual(results.map(({ code }) => code), [0, 0, 0, 0], results.map((r) => r.stderr).join(""));
    await eventually(async () => {
      const log = await Deno.readTextFile(join(wine.profile, "AppData/Local/Windlass/logs/windlass.jsonl"));
      const starts = log.match(/^.*"host\.started".*$/gm) ?? [];
      // The first, the one after the kill, and one of these.
      assert.equal(starts.length, 3, starts.join("\n"));
    });
  });

  await test.step("what only Linux has is refused with a way out", async () => {
    const { code, stderr } = await instance.attempt(["wsl", "--list"]);
    assert.deepEqual([code, stderr], [
      1,
      "windlass: Cannot run 'windlass wsl': Windows has its own WSL\n" +
      "  WL_NOT_SUPPORTED: Use 'wsl.exe' with the same arguments.\n",
    ]);
  });

  await test.step("env writes for the shells of Windows", async () => {
    const host = "npipe:////./pipe/windlass_engine";
    assert.equal(await instance.run(["env"]), `$Env:DOCKER_HOST = '${host}'`);
    assert.equal(await instance.run(["env", "--shell", "cmd"]), `set "DOCKER_HOST=${host}"`);
    assert.equal(await instance.run(["env", "--shell", "posix"]), `export DOCKER_HOST='${host}'`);
  });
});
