import assert from "node:assert/strict";
import { join } from "node:path";
import { PLACED_ENTRY } from "../../tests/fakes/workspace_entry.ts";
import { NO_LOG } from "../logging/log.ts";
import { type WorkspaceEntry, WorkspaceRecord } from "./workspace_record.ts";

const ENTRY: WorkspaceEntry = {
  ...PLACED_ENTRY,
  token: "0123456789abcdef0123456789abcdef",
  manifest: [{ path: "/usr/local/bin/docker" }],
};

async function withFile(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(join(folder, "workspaces.json"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("WorkspaceRecord keeps entries on disk, and no file without any", () =>
  withFile(async (path) => {
    const record = await WorkspaceRecord.open(path, NO_LOG);
    await Promise.all([record.set("Ubuntu", ENTRY), record.set("Debian", ENTRY)]);
    const again = await WorkspaceRecord.open(path, NO_LOG);
    assert.deepEqual(Object.keys(again.entries), ["Ubuntu", "Debian"]);
    assert.deepEqual(again.get("Ubuntu"), ENTRY);
    assert.equal(again.get("toString"), undefined);
    await again.set("Ubuntu", null);
    await again.set("Debian", null);
    await assert.rejects(Deno.lstat(path), Deno.errors.NotFound);
  }));

Deno.test("WorkspaceRecord is empty for a file that is damaged, and says so in the log", () =>
  withFile(async (path) => {
    for (const text of ["", "{", '{"format":1,"workspaces":{"Ubuntu":{}}}', '{"format":2,"workspaces":{}}']) {
      await Deno.writeTextFile(path, text);
      const events: string[] = [];
      const log = Object.assign((_level: string, event: string) => void events.push(event), {
        keeps: () => true,
      });
      assert.deepEqual((await WorkspaceRecord.open(path, log)).entries, {});
      assert.deepEqual(events, ["workspaces.record.damaged"], text);
    }
  }));
