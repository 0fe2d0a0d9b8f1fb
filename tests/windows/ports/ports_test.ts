import assert from "node:assert/strict";
import { join } from "node:path";
import { freePorts } from "../../support/free_ports.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { openWine } from "../support/wine.ts";

Deno.test("ports are published on Windows, both families and UDP, and one that is taken says by whom", async (test) => {
  await using wine = await openWine();
  const script = join(REPOSITORY, "tests/windows/ports/ports_program.ts");
  const program = wine.denoScript(script);
  // An older launcher does not pass the option.
  for (const options of [["--unstable-net"], []]) {
    await test.step(`deno.exe run ${options.join(" ")}`, async () => {
      const [run, ...others] = program.args!;
      const environment = { ...program.environment, TRIAL_PORT: `${freePorts()}` };
      const args = [run!, ...options, ...others];
      const { code, stdout, stderr } = await wine.run({ ...program, args, environment });
      assert.deepEqual({ code, stdout: stdout.trim() }, { code: 0, stdout: "ok" }, stderr);
    });
  }
});
