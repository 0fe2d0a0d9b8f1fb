import assert from "node:assert/strict";
import { join } from "node:path";
import { PLACED_ENTRY } from "../../../tests/fakes/workspace_entry.ts";
import { FakeWorkspaceWsl } from "../../../tests/fakes/fake_workspace_wsl.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NO_LOG } from "../../logging/log.ts";
import { NEVER } from "../../timing/sleep.ts";
import { WorkspaceRecord } from "../../workspaces/workspace_record.ts";
import { disableAllWorkspaces } from "./disable_all.ts";

/** Disables the workspaces with these names. Resolves to what the user reads, and the names that are left. */
async function disableAll(wsl: FakeWorkspaceWsl, names: readonly string[]) {
  const folder = await Deno.makeTempDir();
  try {
    const recordFile = join(folder, "workspaces.json");
    const record = await WorkspaceRecord.open(recordFile, NO_LOG);
    for (const name of names) await record.set(name, PLACED_ENTRY);
    const notes: string[] = [];
    await disableAllWorkspaces({
      wsl,
      engineDistro: "windlass",
      folder: "windlass",
      recordFile,
      log: NO_LOG,
      signal: NEVER,
      note: (text) => void notes.push(text),
    });
    return {
      notes: notes.toSorted(),
      left: Object.keys((await WorkspaceRecord.open(recordFile, NO_LOG)).entries),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("disableAllWorkspaces() starts nothing without workspaces", async () => {
  const wsl = new FakeWorkspaceWsl();
  wsl.add("windlass");
  wsl.add("Ubuntu");
  assert.deepEqual(await disableAll(wsl, []), { notes: [], left: [] });
  assert.deepEqual([wsl.calls, wsl.lists], [[], 0]);
});

Deno.test("disableAllWorkspaces() needs no agent, names what is gone or broken, and leaves other instances' files", async () => {
  const wsl = new FakeWorkspaceWsl();
  wsl.shared = false;
  wsl.add("windlass");
  wsl.add("Ubuntu", { manifest: "/mnt/wsl/windlass", changed: ["/usr/local/bin/docker"] });
  const theirs = wsl.add("theirs", { manifest: "/mnt/wsl/windlass-beta" });
  const failure = new WindlassError("WL_DISTRO_DISK_DAMAGED", "Cannot run it: the virtual disk is damaged");
  wsl.add("broken", { failure });
  assert.deepEqual(await disableAll(wsl, ["Ubuntu", "theirs", "broken", "gone"]), {
    notes: [
      "Cannot check the distro 'broken': the virtual disk is damaged; the files of Windlass stay there",
      "Disabled the workspace 'Ubuntu'",
      "Left '/usr/local/bin/docker' in the workspace 'Ubuntu': changed",
      "Left the workspace 'theirs': it belongs to the instance 'windlass-beta'",
      "The workspace 'gone' is gone",
    ],
    left: ["broken", "gone"],
  });
  assert.deepEqual([theirs.manifest, wsl.copies.size], ["/mnt/wsl/windlass-beta", 0]);
});

Deno.test("disableAllWorkspaces() says which distros keep their files when there is no engine distro", async () => {
  const wsl = new FakeWorkspaceWsl();
  wsl.add("Ubuntu", { manifest: "/mnt/wsl/windlass" });
  const { notes } = await disableAll(wsl, ["Ubuntu"]);
  assert.deepEqual(notes, [
    "Cannot run it: there is no such distro; the files of Windlass stay in the workspaces: Ubuntu",
  ]);
});
