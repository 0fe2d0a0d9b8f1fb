import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import { openWine } from "../support/wine.ts";

Deno.test("freeBytes() returns the free space of a drive of Windows", async () => {
  await using wine = await openWine();
  const script = join(REPOSITORY, "tests/windows/machine/free_bytes_program.ts");
  const { code, stdout, stderr } = await wine.run(wine.denoScript(script));
  const [free, none] = JSON.parse(stdout);
  assert.deepEqual([code, none], [0, null], stderr);
  assert.ok(free > 2 ** 20 && Number.isSafeInteger(free), `${free}`);
});
