import assert from "node:assert/strict";
import { FakeRestingEngine, WorkspaceLab } from "../../../tests/fakes/workspace_lab.ts";
import { NEVER } from "../../timing/sleep.ts";

Deno.test("HostWorkspaces starts the engine to rest when a workspace starts, and links the socket once", async () => {
  await using lab = await WorkspaceLab.open();
  const ubuntu = lab.wsl.add("Ubuntu");
  lab.begin();
  await lab.workspaces.enable("Ubuntu", NEVER);
  ubuntu.running = false;
  await lab.check();
  assert.equal(lab.engine.state.kind, "stopped");
  assert.equal(lab.workspaces.isAnyRunning, false);
  lab.wsl.calls.length = 0;
  Object.assign(ubuntu, { running: true, socket: "missing" });
  await lab.check();
  assert.deepEqual([lab.engine.state.kind, lab.workspaces.isAnyRunning], ["resting", true]);
  assert.deepEqual([lab.wsl.calls, ubuntu.socket], [
    ["Ubuntu: whoami", "Ubuntu: probe", "Ubuntu: link"],
    "ours",
  ]);
  await lab.check();
  assert.equal(lab.wsl.calls.length, 3);
});

Deno.test("HostWorkspaces starts no engine that was never imported, nor one that the user has stopped", async () => {
  await using lab = await WorkspaceLab.open();
  const ubuntu = lab.wsl.add("Ubuntu", { running: true });
  lab.setting.names = ["Ubuntu"];
  lab.engine.imported = false;
  lab.begin();
  await lab.check();
  assert.deepEqual([lab.engine.state.kind, lab.wsl.calls], ["stopped", []]);
  lab.engine.imported = true;
  ubuntu.running = false;
  await lab.check();
  ubuntu.running = true;
  await lab.check();
  await lab.check();
  assert.deepEqual([lab.engine.state.kind, ubuntu.manifest], ["resting", "/mnt/wsl/windlass"]);
  lab.engine.stop();
  await lab.check();
  assert.equal(lab.engine.state.kind, "stopped");
});

Deno.test("HostWorkspaces does not trust another distro that has the name of a workspace", async () => {
  await using lab = await WorkspaceLab.open();
  const ubuntu = lab.wsl.add("Ubuntu");
  lab.begin();
  await lab.workspaces.enable("Ubuntu", NEVER);
  Object.assign(ubuntu, { running: false });
  await lab.check();
  lab.wsl.add("Ubuntu", { running: true });
  await lab.check();
  assert.deepEqual([lab.engine.served, lab.wsl.distros.get("Ubuntu")?.manifest], [[], undefined]);
  const { problems } = await lab.workspaces.check("Ubuntu", NEVER);
  assert.deepEqual(problems.map(({ code, message }) => [code, message]), [[
    "WL_WORKSPACE_REPLACED",
    "Cannot use the workspace 'Ubuntu': it is not the distro that was enabled, but another one",
  ]]);
  await lab.workspaces.enable("Ubuntu", NEVER);
  assert.equal(lab.engine.served.length, 1);
});

Deno.test("HostWorkspaces finishes at the next start what a killed host has left of a disable", async () => {
  await using lab = await WorkspaceLab.open();
  const ubuntu = lab.wsl.add("Ubuntu");
  lab.begin();
  await lab.workspaces.enable("Ubuntu", NEVER);
  lab.setting.names = [];
  await lab.workspaces.stopWatching();
  await using next = lab.open();
  const engine = new FakeRestingEngine(() => next);
  next.begin(engine);
  engine.begin({ kind: "resting" });
  await next.checkAnyRunning();
  await next.idle();
  assert.deepEqual([ubuntu.manifest, await lab.entry("Ubuntu"), engine.served], [undefined, undefined, []]);
});

Deno.test("HostWorkspaces calls wsl at no time while nothing is enabled", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.add("Ubuntu", { running: true });
  lab.begin();
  await lab.check();
  assert.deepEqual([lab.wsl.lists, lab.workspaces.isAnyRunning, lab.workspaces.summaries], [0, false, []]);
  lab.setting.names = ["Ubuntu", "gone"];
  await lab.check();
  assert.deepEqual(lab.workspaces.summaries, [
    { name: "Ubuntu", state: "running" },
    { name: "gone", state: "missing" },
  ]);
});

Deno.test("HostWorkspaces follows the setting while a distro runs, in both directions and again", async () => {
  await using lab = await WorkspaceLab.open();
  const ubuntu = lab.wsl.add("Ubuntu", { running: true });
  lab.begin();
  for (let round = 0; round < 2; round++) {
    lab.setting.names = ["Ubuntu"];
    lab.workspaces.settingChanged();
    await lab.check();
    await lab.check(); // the first one has started the engine
    assert.equal(ubuntu.manifest, "/mnt/wsl/windlass");
    lab.setting.names = [];
    lab.workspaces.settingChanged();
    await lab.check();
    assert.deepEqual([ubuntu.manifest, await lab.entry("Ubuntu"), lab.engine.served], [
      undefined,
      undefined,
      [],
    ]);
  }
});

Deno.test("HostWorkspaces replaces what another version has placed", async () => {
  await using lab = await WorkspaceLab.open();
  lab.wsl.add("Ubuntu");
  lab.begin();
  await lab.workspaces.enable("Ubuntu", NEVER);
  await lab.workspaces.stopWatching();
  const file = `${lab.folder}/workspaces.json`;
  const record = JSON.parse(await Deno.readTextFile(file));
  const { version, token } = record.workspaces.Ubuntu;
  record.workspaces.Ubuntu.version = "0.0.1";
  await Deno.writeTextFile(file, JSON.stringify(record));
  lab.wsl.calls.length = 0;
  await using next = lab.open();
  const engine = new FakeRestingEngine(() => next);
  next.begin(engine);
  await next.checkAnyRunning();
  await next.idle();
  assert.deepEqual(lab.wsl.calls, ["Ubuntu: whoami", "Ubuntu: probe", "Ubuntu: enable"]);
  const entry = await lab.entry("Ubuntu");
  assert.deepEqual([entry?.["version"], entry?.["token"]], [version, token]);
});
