import assert from "node:assert/strict";
import { FakeWorkspaceWsl, PLACED_FILES } from "../../tests/fakes/fake_workspace_wsl.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { NEVER } from "../timing/sleep.ts";
import type { RunOptions, Wsl } from "../wsl/wsl.ts";
import { WorkspaceTool } from "./workspace_tool.ts";

const TOKEN = "0".repeat(32);
const MNT = { distro: "Ubuntu", automountRoot: "/mnt/" };

function newTool(wsl: Pick<Wsl, "run" | "spawn">): WorkspaceTool {
  const executable = "/mnt/c/Users/me/windlass.exe";
  return new WorkspaceTool({ wsl, folder: "windlass", executable, home: undefined });
}

Deno.test("WorkspaceTool.locate() finds a distro with the usual automount root at once, and its default user", async () => {
  const wsl = new FakeWorkspaceWsl();
  wsl.add("Ubuntu");
  assert.deepEqual(await newTool(wsl).locate("Ubuntu", undefined, NEVER), { ...MNT, uid: 1000, gid: 1000 });
  assert.deepEqual(wsl.calls, ["Ubuntu: whoami"]);
});

Deno.test("WorkspaceTool.locate() asks WSL's own program for any other automount root, and uses it the next time", async () => {
  for (const automountRoot of ["/", "/windows/drives/"]) {
    const wsl = new FakeWorkspaceWsl();
    wsl.add("Ubuntu", { automountRoot });
    const tool = newTool(wsl);
    assert.equal((await tool.locate("Ubuntu", undefined, NEVER)).automountRoot, automountRoot);
    assert.deepEqual(wsl.calls, ["Ubuntu: whoami", "Ubuntu: wslpath", "Ubuntu: whoami"]);
    wsl.calls.length = 0;
    await tool.locate("Ubuntu", automountRoot, NEVER);
    assert.deepEqual(wsl.calls, ["Ubuntu: whoami"]);
  }
});

Deno.test("WorkspaceTool.locate() finds a distro whose automount root has changed", async () => {
  const wsl = new FakeWorkspaceWsl();
  wsl.add("Ubuntu");
  assert.equal((await newTool(wsl).locate("Ubuntu", "/", NEVER)).automountRoot, "/mnt/");
  assert.deepEqual(wsl.calls, ["Ubuntu: whoami", "Ubuntu: whoami"]);
});

Deno.test("WorkspaceTool says that the engine's folder is missing", async () => {
  const wsl = new FakeWorkspaceWsl();
  wsl.add("Ubuntu");
  wsl.shared = false;
  const missing = (action: string) => ({
    code: "WL_WORKSPACE_SHARED_MISSING",
    message: `Cannot ${action} 'Ubuntu': the distro does not see the engine's folder '/mnt/wsl/windlass'`,
  });
  await assert.rejects(newTool(wsl).locate("Ubuntu", undefined, NEVER), missing("check the distro"));
  await assert.rejects(newTool(wsl).enable(MNT, TOKEN, NEVER), missing("enable the workspace"));
});

Deno.test("WorkspaceTool.enable() passes on paths as the distro sees them, and what was done", async () => {
  const asked: RunOptions[] = [];
  const fake = new FakeWorkspaceWsl();
  fake.add("Ubuntu", { automountRoot: "/" });
  const run = (options: RunOptions) => {
    asked.push(options);
    return fake.run(options);
  };
  const place = { distro: "Ubuntu", automountRoot: "/" };
  const { steps, manifest } = await newTool({ ...fake, run, spawn: () => assert.fail() }).enable(
    place,
    TOKEN,
    NEVER,
  );
  assert.deepEqual([asked[0]?.user, asked[0]?.argv], ["root", [
    "/wsl/windlass/usr/lib/windlass/workspace",
    "enable",
    "--shared",
    "/wsl/windlass",
    "--socket",
    `/wsl/windlass/${TOKEN}/docker.sock`,
    "--executable",
    "/c/Users/me/windlass.exe",
  ]]);
  assert.deepEqual(
    steps.slice(1).map(({ path, outcome }) => [path, outcome]),
    PLACED_FILES.map((path) => [path, "placed"]),
  );
  assert.equal(manifest.length, PLACED_FILES.length);
});

Deno.test("WorkspaceTool gives each failure of the tool its code, and the tool's own words", async () => {
  const cases = [
    ["read-only", "WL_WORKSPACE_READ_ONLY"],
    ["disk-full", "WL_WORKSPACE_FULL"],
    ["other-instance", "WL_WORKSPACE_FOREIGN"],
    ["not-permitted", "WL_WORKSPACE_FAILED"],
  ] as const;
  for (const [error, code] of cases) {
    const wsl = new FakeWorkspaceWsl();
    wsl.add("Ubuntu", { failure: { error, message: "Cannot write '/usr/local/bin/docker': no way" } });
    await assert.rejects(newTool(wsl).enable(MNT, TOKEN, NEVER), {
      code,
      message: "Cannot enable the workspace 'Ubuntu': it cannot write '/usr/local/bin/docker': no way",
    });
  }
});

Deno.test("WorkspaceTool never passes on a remedy that would replace the user's distro", async () => {
  const cases = [
    ["WL_DISTRO_NOT_FOUND", "WL_WORKSPACE_GONE", "there is no such distro"],
    ["WL_DISTRO_USER_MISSING", "WL_WORKSPACE_FAILED", "the distro has no such user"],
    ["WL_DISTRO_DISK_DAMAGED", "WL_WORKSPACE_FAILED", "the disk is damaged"],
    ["WL_WSL_TIMEOUT", "WL_WORKSPACE_TIMEOUT", "the distro did not answer within 90 s"],
    ["WL_DISTRO_BUSY", "WL_DISTRO_BUSY", "it is being exported"],
  ] as const;
  for (const [given, code, state] of cases) {
    const wsl = new FakeWorkspaceWsl();
    wsl.add("Ubuntu", { failure: new WindlassError(given, `Cannot run it: ${state}`) });
    await assert.rejects(newTool(wsl).locate("Ubuntu", undefined, NEVER), (error: WindlassError) => {
      assert.deepEqual([error.code, error.message], [code, `Cannot check the distro 'Ubuntu': ${state}`]);
      assert.doesNotMatch(error.remedy, /windlass reset/);
      return true;
    });
  }
});

Deno.test("WorkspaceTool takes nothing that is not what the tool prints", async () => {
  const outputs = [
    "",
    "hello\n",
    "{}\n",
    '{"uid":-1,"gid":0}\n',
    '{"uid":4294967295,"gid":0}\n',
    "{".repeat(1000),
  ];
  for (const stdout of outputs) {
    const run = () => Promise.resolve({ exitCode: 3, stdout, stderr: "oops\n" });
    await assert.rejects(newTool({ run, spawn: () => assert.fail() }).locate("Ubuntu", undefined, NEVER), {
      code: "WL_WORKSPACE_FAILED",
      message: "Cannot check the distro 'Ubuntu': its program ended with status 3: oops",
    });
  }
});

Deno.test("WorkspaceTool.disable() says what was kept and why", async () => {
  const wsl = new FakeWorkspaceWsl();
  wsl.add("Ubuntu", { manifest: "/mnt/wsl/windlass", changed: ["/usr/local/bin/docker"] });
  assert.deepEqual(await newTool(wsl).disable(MNT, NEVER), {
    removed: ["/usr/local/bin/windlass"],
    kept: [{ path: "/usr/local/bin/docker", why: "changed" }],
  });
});
