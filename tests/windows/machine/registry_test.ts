import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import { openWine } from "../support/wine.ts";

Deno.test("the registry functions read what reg.exe writes, and reg.exe what they write", async () => {
  await using wine = await openWine();
  const script = join(REPOSITORY, "tests/windows/machine/registry_program.ts");
  const { code, stdout, stderr } = await wine.run(wine.denoScript(script));
  assert.deepEqual({ code, stdout: stdout.trim() }, { code: 0, stdout: "ok" }, stderr);
  assert.equal(await wine.exportRegistry("HKEY_CURRENT_USER\\Software\\Windlass registry test"), "");
});
