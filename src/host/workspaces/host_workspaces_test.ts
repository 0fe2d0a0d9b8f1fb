import assert from "node:assert/strict";
import { PLACED_FILES } from "../../../tests/fakes/fake_workspace_wsl.ts";
import { WorkspaceLab } from "../../../tests/fakes/workspace_lab.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NEVER, sleep } from "../../timing/sleep.ts";

Deno.test("HostWorkspaces.enable() places the files, has the agent serve the socket and writes it down", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.add("Ubuntu", { dockerGroup: 998 });
  lab.begin();
  const { workspace, steps } = await lab.workspaces.enable("ubuntu", NEVER);
  assert.deepEqual([workspace.name, workspace.enabled, workspace.problems], ["Ubuntu", true, []]);
  assert.deepEqual(steps, PLACED_FILES.map((path) => ({ path, outcome: "placed" })));
  assert.deepEqual(lab.setting.names, ["Ubuntu"]);
  const entry = await lab.entry("Ubuntu");
  assert.equal(entry?.["state"], "placed");
  const [served, ...others] = lab.engine.served;
  assert.deepEqual([served?.name, served?.uid, served?.gid, served?.mode, served?.token, others.length], [
    "Ubuntu",
    1000,
    998,
    0o660,
    entry?.["token"],
    0,
  ]);
  assert.deepEqual([lab.engine.starts, lab.engine.state.kind], [1, "resting"]);
});

Deno.test("HostWorkspaces gives the socket to the default user alone where there is no group 'docker'", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.add("Ubuntu");
  lab.begin();
  await lab.workspaces.enable("default", NEVER);
  const [served] = lab.engine.served;
  assert.deepEqual([served?.gid, served?.mode, lab.setting.names], [0, 0o600, ["default"]]);
});

Deno.test("HostWorkspaces.enable() changes nothing for a distro that cannot be a workspace, or does not exist", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.add("old", { version: 1 });
  lab.wsl.add("docker-desktop");
  lab.wsl.add("theirs", { manifest: "/mnt/wsl/windlass-beta" });
  lab.begin();
  const refused = async (name: string, code: string, message: string) => {
    await assert.rejects(lab.workspaces.enable(name, NEVER), { code, message });
  };
  await refused("none", "WL_WORKSPACE_UNKNOWN", "Cannot find the distro 'none': there is no such distro");
  await refused(
    "old",
    "WL_WORKSPACE_INELIGIBLE",
    "Cannot use the distro 'old' as a workspace: it runs on WSL 1, whose kernel has no containers",
  );
  await refused(
    "docker-desktop",
    "WL_WORKSPACE_INELIGIBLE",
    "Cannot use the distro 'docker-desktop' as a workspace: it is a part of Docker Desktop",
  );
  assert.deepEqual(lab.wsl.calls, []);
  await refused(
    "theirs",
    "WL_WORKSPACE_FOREIGN",
    "Cannot enable the workspace 'theirs': it belongs to the instance 'windlass-beta'",
  );
  assert.deepEqual([lab.setting.names, await lab.entry("theirs")], [[], undefined]);
});

Deno.test("HostWorkspaces.enable() places nothing where a policy has the setting", async () => {
  await using lab = await WorkspaceLab.open();
  const ubuntu = lab.wsl.add("Ubuntu");
  lab.setting.isLocked = true;
  lab.begin();
  await assert.rejects(lab.workspaces.enable("Ubuntu", NEVER), { code: "WL_SETTING_LOCKED" });
  assert.deepEqual([ubuntu.manifest, await lab.entry("Ubuntu")], [undefined, undefined]);
});

Deno.test("HostWorkspaces.enable() that fails half-way leaves the setting, has the rest removed, and works the next time", async () => {
  await using lab = await WorkspaceLab.open();
  const ubuntu = lab.wsl.add("Ubuntu");
  lab.begin();
  const wsl = lab.wsl.run.bind(lab.wsl);
  lab.wsl.run = (options) => {
    if (options.argv[1] !== "enable") return wsl(options);
    const message = "Cannot write '/usr/local/bin/docker': No space left on device";
    return Promise.resolve({
      exitCode: 1,
      stdout: `${JSON.stringify({ error: "disk-full", message })}\n`,
      stderr: "",
    });
  };
  await assert.rejects(lab.workspaces.enable("Ubuntu", NEVER), {
    code: "WL_WORKSPACE_FULL",
    message:
      "Cannot enable the workspace 'Ubuntu': it cannot write '/usr/local/bin/docker': No space left on device",
  });
  lab.wsl.run = wsl;
  await lab.check();
  assert.deepEqual([lab.setting.names, await lab.entry("Ubuntu"), ubuntu.manifest], [
    [],
    undefined,
    undefined,
  ]);
  assert.deepEqual((await lab.workspaces.enable("Ubuntu", NEVER)).workspace.problems, []);
  assert.equal(ubuntu.manifest, "/mnt/wsl/windlass");
});

Deno.test("HostWorkspaces.disable() removes the files, the entry and the socket, and names what it keeps", async () => {
  await using lab = await WorkspaceLab.open();
  const ubuntu = lab.wsl.add("Ubuntu");
  lab.begin();
  await lab.workspaces.enable("Ubuntu", NEVER);
  ubuntu.changed = ["/usr/local/bin/docker"];
  const { workspace, steps } = await lab.workspaces.disable("Ubuntu", NEVER);
  assert.deepEqual(steps, [
    { path: "/usr/local/bin/windlass", outcome: "removed" },
    { path: "/usr/local/bin/docker", outcome: "skipped", why: "changed" },
  ]);
  assert.deepEqual([workspace.enabled, workspace.problems], [false, []]);
  assert.deepEqual([lab.setting.names, await lab.entry("Ubuntu"), lab.engine.served], [[], undefined, []]);
});

Deno.test("HostWorkspaces.disable() forgets a distro that is gone, and needs no engine for it", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.add("Debian");
  lab.wsl.add("Ubuntu");
  lab.begin();
  await lab.workspaces.enable("Ubuntu", NEVER);
  lab.wsl.distros.delete("Ubuntu");
  lab.engine.stop();
  const [first, second] = (await lab.workspaces.list(NEVER)).workspaces;
  assert.deepEqual([first?.name, second?.name, second?.state, second?.problems[0]?.message], [
    "Debian",
    "Ubuntu",
    "missing",
    "Cannot use the workspace 'Ubuntu': there is no such distro",
  ]);
  const { workspace } = await lab.workspaces.disable("ubuntu", NEVER);
  assert.deepEqual([workspace.name, workspace.state, lab.setting.names], ["Ubuntu", "missing", []]);
  assert.deepEqual([await lab.entry("Ubuntu"), lab.engine.state.kind], [undefined, "stopped"]);
});

Deno.test("HostWorkspaces.check() keeps the engine that it has started until it has an answer, and no longer", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.add("Ubuntu");
  lab.begin();
  const wsl = lab.wsl.run.bind(lab.wsl);
  // A life begins long before its agent says that it rests.
  lab.engine.startResting = () => {
    if (lab.engine.state.kind === "stopped") {
      lab.engine.begin({ kind: "starting", stage: "Starting the engine" });
    }
  };
  lab.wsl.run = async (options) => {
    if (lab.engine.state.kind === "starting") await sleep(500, NEVER);
    lab.engine.state = { kind: "resting" };
    await lab.workspaces.checkAnyRunning();
    assert.equal(lab.engine.isResting, true);
    return await wsl(options);
  };
  lab.wsl.distros.get("Ubuntu")!.running = true;
  const { found, problems } = await lab.workspaces.check("Ubuntu", NEVER);
  assert.deepEqual([found?.socket, problems], ["missing", []]);
  while (lab.engine.isResting) await sleep(10, NEVER);
});

Deno.test("HostWorkspaces serves the other distros when one calls its folder of drives what no agent takes", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.add("Ubuntu");
  lab.wsl.add("odd", { automountRoot: "/a\tb/" });
  lab.begin();
  await lab.workspaces.enable("Ubuntu", NEVER);
  await lab.workspaces.enable("odd", NEVER);
  assert.deepEqual(lab.engine.served.map(({ name }) => name), ["Ubuntu"]);
});

Deno.test("HostWorkspaces enables a distro again that the setting names before its files could be removed", async () => {
  await using lab = await WorkspaceLab.open();
  const ubuntu = lab.wsl.add("Ubuntu");
  lab.begin();
  await lab.workspaces.enable("Ubuntu", NEVER);
  ubuntu.failure = { error: "failed", message: "Cannot remove '/usr/local/bin/docker': it is broken" };
  await assert.rejects(lab.workspaces.disable("Ubuntu", NEVER), { code: "WL_WORKSPACE_FAILED" });
  ubuntu.running = false;
  await lab.check();
  ubuntu.failure = undefined;
  lab.setting.names = ["Ubuntu"];
  ubuntu.running = true;
  await lab.check();
  assert.deepEqual([(await lab.entry("Ubuntu"))?.["state"], lab.engine.served.length], ["placed", 1]);
});

Deno.test("HostWorkspaces.list() starts neither a distro nor the engine", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.listsRegistry = true;
  lab.wsl.add("Ubuntu", { running: true });
  lab.wsl.add("Debian");
  for (let number = 0; number < 30; number++) lab.wsl.add(`distro-${number}`, { running: true });
  lab.begin();
  const stopped = await lab.workspaces.list(NEVER);
  assert.deepEqual([stopped.workspaces.length, lab.wsl.calls, lab.engine.starts], [32, [], 0]);
  assert.ok(stopped.workspaces.every(({ found }) => found === null));
  lab.engine.begin({ kind: "resting" });
  const { workspaces } = await lab.workspaces.list(NEVER);
  assert.equal(workspaces.filter(({ found }) => found !== null).length, 31);
  assert.deepEqual([lab.wsl.distros.get("Debian")?.running, workspaces[0]?.found], [false, null]);
});

Deno.test("HostWorkspaces.list() names a distro that does not answer, and shows the others", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.add("Debian", { running: true });
  const failure = new WindlassError("WL_WSL_TIMEOUT", "Cannot run it: wsl did not end within 90 s");
  lab.wsl.add("Ubuntu", { running: true, failure });
  lab.begin();
  lab.engine.begin({ kind: "resting" });
  const [debian, ubuntu] = (await lab.workspaces.list(NEVER)).workspaces;
  assert.deepEqual([debian?.problems, ubuntu?.problems[0]?.message], [
    [],
    "Cannot check the distro 'Ubuntu': the distro did not answer within 90 s",
  ]);
});

Deno.test("HostWorkspaces says why the engine's folder is missing", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.add("Ubuntu");
  lab.begin();
  lab.engine.refusal = new WindlassError(
    "WL_AGENT_REFUSED",
    "Cannot do 'workspaces': this agent serves none",
  );
  await assert.rejects(lab.workspaces.enable("Ubuntu", NEVER), {
    code: "WL_WORKSPACE_SHARED_MISSING",
    message: "Cannot reach the user's distros: Cannot do 'workspaces': this agent serves none",
  });
  const problem = { code: "WL_NO_SPACE", message: "Cannot start Docker: the disk is full", remedy: "-" };
  lab.engine.state = { kind: "failed", problem };
  lab.engine.life = undefined;
  await assert.rejects(lab.workspaces.check("Ubuntu", NEVER), {
    message: "Cannot reach the user's distros: Cannot start Docker: the disk is full",
  });
});
