import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { hashFile } from "../../../scripts/build/compressed_component.ts";
import { manifestFiles } from "../../../scripts/manifests.ts";
import { openChannelServer } from "../../support/channel_server.ts";
import { eventually } from "../../support/eventually.ts";
import { openVariantMaker } from "../../support/executable_variant.ts";
import { type CommandResult, runCommand } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { executableUnderTest } from "../../support/windlass_instance.ts";

const NEWER = "9.9.9";

/** A user with an empty home folder. Disposal removes whatever they have installed. */
async function openUser() {
  await using owned = new AsyncDisposableStack();
  const { path: home } = owned.use(await openTemporaryFolder("windlass-user"));
  const env = { HOME: home, WINDLASS_HOME: "", XDG_DATA_HOME: "", XDG_CONFIG_HOME: "", DOCKER_CONFIG: "" };
  const run = (program: string, ...args: string[]): Promise<CommandResult> =>
    runCommand([program, ...args], { env });
  owned.defer(async () => {
    const { code, stderr } = await run(executableUnderTest(), "uninstall", "--quiet", "--delete-data");
    assert.equal(code, 0, stderr);
  });
  const stack = owned.move();
  return {
    home,
    env,
    run,
    program: join(home, ".local/bin/windlass"),
    /** Runs the installed program; returns its trimmed stdout. */
    async windlass(...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await run(join(home, ".local/bin/windlass"), ...args);
      assert.equal(code, 0, stderr);
      return stdout.trim();
    },
    /** Files, without folders. */
    files: async () => (await filesIn(home)).map((path) => relative(home, path)).sort(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function filesIn(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    paths.push(...entry.isDirectory ? await filesIn(path) : [path]);
  }
  return paths;
}

Deno.test("windlass install, upgrade and uninstall: data and settings stay until somebody says that they go", async (test) => {
  await using variants = await openVariantMaker();
  await using user = await openUser();
  const keptBy = async () => JSON.parse(await user.windlass("status", "--json")).engine.keptBy;

  await test.step("install puts program and menu entry into folders of the user, and starts at sign-in", async () => {
    const log = join(user.home, "install.log");
    const { code, stdout, stderr } = await user.run(
      executableUnderTest(),
      ...["install", "--quiet", "--log", log, "--start-at-sign-in"],
    );
    assert.deepEqual([code, stdout, stderr], [0, "", ""]);
    assert.match(
      await Deno.readTextFile(log),
      /Z '.*\/\.local\/bin' is not in your PATH; add it .*\n.*Z Ended with exit code 0\n$/,
    );
    await Deno.remove(log);
    const autostart = await Deno.readTextFile(join(user.home, ".config/autostart/windlass.desktop"));
    assert.match(autostart, new RegExp(`^Exec=${user.program} start --on-demand$`, "m"));
    const menu = await Deno.readTextFile(join(user.home, ".local/share/applications/windlass.desktop"));
    assert.match(menu, new RegExp(`^Exec=${user.program} open$`, "m"));
  });

  await test.step("an upgrade under a running container leaves the host, and without one replaces it", async () => {
    await user.windlass("start");
    await user.windlass("docker", "volume", "create", "kept");
    await user.windlass("docker", "run", "-d", "--name", "busy", "busybox", "sleep", "1000");
    await eventually(async () => assert.deepEqual(await keptBy(), [{ what: "container busy", since: null }]));
    const newer = await variants.make("newer", { version: NEWER });
    const busy = await user.run(newer, "install");
    assert.equal(busy.code, 0, busy.stderr);
    assert.match(
      busy.stderr,
      /^The running version stays active because it is in use; run 'windlass restart' to switch to this one$/m,
    );
    assert.equal(await user.windlass("version"), `windlass ${NEWER}`);
    assert.notEqual(await user.windlass("docker", "ps", "--quiet", "--filter", "name=busy"), "");

    await user.windlass("docker", "rm", "--force", "busy");
    await eventually(async () => assert.deepEqual(await keptBy(), []));
    const idle = await user.run(executableUnderTest(), "install");
    assert.equal(idle.code, 0, idle.stderr);
    assert.notEqual(JSON.parse(await user.windlass("status", "--json")).version, NEWER);
  });

  await test.step("uninstall --quiet keeps data and settings", async () => {
    await user.windlass("uninstall", "--quiet");
    const left = await user.files();
    assert.deepEqual(left.filter((path) => !/^\.local\/share\/windlass\/(wsl|distros)\//.test(path)), [
      ".local/share/windlass/distros.json",
      ".local/share/windlass/settings.json",
      ".local/share/windlass/settings.json.lock",
    ]);
  });

  await test.step("the next installation has them again; uninstall --yes leaves nothing", async () => {
    assert.equal((await user.run(executableUnderTest(), "install", "--quiet")).code, 0);
    await user.windlass("start");
    assert.equal(await user.windlass("docker", "volume", "ls", "--quiet"), "kept");
    assert.equal(await user.windlass("settings", "get", "startAtSignIn"), "true");
    await user.windlass("uninstall", "--yes");
    assert.deepEqual(await user.files(), []);
  });
});

Deno.test("install.sh downloads one executable, refuses any other bytes, and installs it", async () => {
  await using user = await openUser();
  await using folder = await openTemporaryFolder("windlass-downloads");
  await using server = openChannelServer(folder.path);
  const place = join(folder.path, "download/v0.1.0");
  const executables = {
    "windows-x64": "0".repeat(64),
    "linux-x64": (await hashFile(executableUnderTest())).digest,
  };
  const release = {
    version: "0.1.0",
    published: "2026-11-23T01:00:00Z",
    notes: "",
    notesUrl: undefined,
    executables,
  };
  const script = join(user.home, "install.sh");
  await Deno.mkdir(place, { recursive: true });
  await Deno.symlink(executableUnderTest(), join(place, "windlass"));
  await Deno.writeTextFile(script, manifestFiles(release, server.url).get("download/install.sh")!);
  const temporary = join(user.home, "tmp");
  await Deno.mkdir(temporary);
  const run = () => runCommand(["sh", script, "--no-path"], { env: { ...user.env, TMPDIR: temporary } });
  const url = `${server.url}/download/v0.1.0/windlass`;

  server.break("download/v0.1.0/windlass", { kind: "flip", at: 1_000_000 });
  const flipped = await run();
  assert.deepEqual([flipped.code, flipped.stderr], [
    1,
    `install.sh: what came from ${url} is not Windlass 0.1.0\n`,
  ]);
  server.mend();
  server.break("download/v0.1.0/windlass", { kind: "status", status: 404 });
  const missing = await run();
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, new RegExp(`install\\.sh: cannot download ${url}\n$`));
  assert.deepEqual(await user.files(), ["install.sh"]);

  server.mend();
  const half = (await Deno.readTextFile(script)).slice(0, -20);
  await runCommand(["sh", "-c", half], { env: user.env });
  assert.deepEqual(await user.files(), ["install.sh"]);

  const installed = await run();
  assert.equal(installed.code, 0, installed.stderr);
  assert.match(installed.stderr, /^Windlass 0\.1\.0 is installed\n$/m);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(temporary)), []);
  assert.equal(await user.windlass("version"), "windlass 0.1.0");
});
