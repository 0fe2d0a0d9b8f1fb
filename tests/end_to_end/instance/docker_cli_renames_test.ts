import assert from "node:assert/strict";
import { join } from "node:path";
import { InteractiveProcess } from "../../support/interactive_process.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { startWindlass } from "../../support/windlass_instance.ts";

/** So many runs meet a rename at the wrong moment more often than not. */
const RUNS = 50;
const RENAME = "const [a, b] = Deno.args; for (;;) { Deno.renameSync(a, b); Deno.renameSync(b, a); }";

// The kernel stops following a '..' inside of a root if a rename anywhere comes between: a few of a thousand times.
Deno.test("windlass docker runs on a machine where files are renamed all the time", async () => {
  await using instance = await startWindlass();
  await using folder = await openTemporaryFolder("windlass renames");
  const [one, other] = [join(folder.path, "one"), join(folder.path, "other")];
  await Deno.writeTextFile(one, "");
  await using _renaming = new InteractiveProcess([Deno.execPath(), "eval", RENAME, one, other]);
  for (let run = 0; run < RUNS; run++) {
    const { code, stderr } = await instance.attempt(["docker", "--version"]);
    assert.deepEqual([code, stderr], [0, ""]);
  }
});
