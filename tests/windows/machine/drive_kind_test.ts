import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import { openWine } from "../support/wine.ts";

Deno.test("driveKind() distinguishes an existing drive from a missing one", async () => {
  await using wine = await openWine();
  const script = join(REPOSITORY, "tests/windows/machine/drive_kind_program.ts");
  const { code, stdout, stderr } = await wine.run(wine.denoScript(script));
  assert.deepEqual([code, JSON.parse(stdout)], [0, ["local", "local", "none"]], stderr);
});
