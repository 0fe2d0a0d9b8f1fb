import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import { openWine } from "../support/wine.ts";

Deno.test("the certificate stores of Windows are read with what they say of each certificate", async () => {
  await using wine = await openWine();
  const script = join(REPOSITORY, "tests/windows/network/certificates_program.ts");
  const { code, stdout, stderr } = await wine.run(wine.denoScript(script));
  assert.deepEqual({ code, stdout: stdout.trim() }, { code: 0, stdout: "ok" }, stderr);
});
