import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import { openWine } from "../support/wine.ts";

Deno.test("in deno.exe the proxy settings of Windows are followed, evaluated by WinHTTP, and watched", async () => {
  await using wine = await openWine();
  const script = join(REPOSITORY, "tests/windows/network/system_proxy_program.ts");
  const { code, stdout, stderr } = await wine.run(wine.denoScript(script));
  assert.deepEqual({ code, stdout: stdout.trim() }, { code: 0, stdout: "ok" }, stderr);
});
