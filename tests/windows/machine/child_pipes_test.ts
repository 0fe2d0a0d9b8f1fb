import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import { openWine } from "../support/wine.ts";

const EIGHT_MEGABYTES = 8 * 1024 * 1024;

Deno.test("openChildPipes() and processDuplex() do the same in deno.exe, the first by the runtime's operations", async () => {
  await using wine = await openWine();
  const script = join(REPOSITORY, "tests/windows/machine/child_pipes_program.ts");
  const { code, stdout, stderr } = await wine.run(wine.denoScript(script));
  assert.equal(code, 0, stderr);
  const eachWay = [
    { length: EIGHT_MEGABYTES, unchanged: true, code: 0 },
    { read: null, write: "BrokenPipe", later: [null, "BrokenPipe"], ended: true },
    { read: null, write: "BrokenPipe", ended: true },
    { code: 0, read: 1_000, again: null },
  ];
  assert.deepEqual(JSON.parse(stdout), { access: "operations", results: [eachWay, eachWay] }, stderr);
});
