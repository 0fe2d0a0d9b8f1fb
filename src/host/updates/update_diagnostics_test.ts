import assert from "node:assert/strict";
import { join } from "node:path";
import { updateSources, withoutInstallId } from "./update_diagnostics.ts";

Deno.test("updateSources() reads what there is, and says so of what there is not", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "versions"));
    await Deno.writeTextFile(join(root, "versions", "a.index"), "12345");
    await Deno.mkdir(join(root, "update"));
    await Deno.writeTextFile(join(root, "update", "state.json"), '{"installId":"5f0c","pinned":null}');
    const read = await Promise.all(
      updateSources({ root, updateDirectory: join(root, "update") }).map(async (
        source,
      ) => [source.name, await source.read()]),
    );
    assert.deepEqual(read, [
      ["current.json", "None.\n"],
      ["versions.txt", "a.index 5\n"],
      ["update/state.json", '{"installId":"(left out)","pinned":null}'],
      ["update/journal.json", "None.\n"],
      ["update/history.jsonl", "None.\n"],
      ["update/staging.txt", "None.\n"],
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("withoutInstallId() leaves the id out of damaged texts too", () => {
  assert.equal(
    withoutInstallId('{ "format": 1,\n "installId" : "5f0c-11", "pinned": nu'),
    '{ "format": 1,\n "installId" : "(left out)", "pinned": nu',
  );
});
