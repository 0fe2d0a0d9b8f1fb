import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import { openPipeClients } from "./clients/open_clients.ts";
import { SCENARIOS } from "./pipe_scenarios.ts";
import { openWine } from "../support/wine.ts";

/** Some two minutes on two busy processors; a tenth of it finds a leak of a handle as well, but not of a few bytes. */
const CONNECTIONS = Deno.env.get("WINDLASS_PIPE_CONNECTIONS") ?? "100000";
/** What hangs is ended; the longest of them is the one with so many connections. */
const SCENARIO_MILLISECONDS = 15 * 60_000;

/** Seldom, the C library under Wine loses a race when a process that has done everything ends. */
const DIED_IN_LOADER = /^Inconsistency detected by ld\.so/m;

/**
 * So that memory can be compared: garbage is collected when the test asks for it, and the young generation is as small
 * as the launcher makes it (src/launcher/runtime_arguments.h). By default it grows by some 50 MB under this load.
 */
const V8_FLAGS = "--expose-gc,--max-semi-space-size=2";

Deno.test("listenNamedPipe() on Windows", async (test) => {
  const clients = await openPipeClients();
  await using wine = await openWine();
  const windowsClients = Object.entries(clients).map(([name, path]) => [name, wine.toWindows(path)]);
  const environment = {
    ...Object.fromEntries(windowsClients),
    PIPE_NODE_SCRIPT: wine.toWindows(join(REPOSITORY, "tests/windows/pipe/clients/libuv_client.cjs")),
    PIPE_CONNECTIONS: CONNECTIONS,
  };
  for (const name of Object.keys(SCENARIOS)) {
    await test.step(name, async () => {
      const program = wine.denoScript(join(REPOSITORY, "tests/windows/pipe/pipe_program.ts"), [name]);
      const { code, stdout, stderr } = await wine.run({
        ...program,
        args: ["run", `--v8-flags=${V8_FLAGS}`, ...program.args!.slice(1)],
        environment: { ...program.environment, ...environment },
      }, { deadlineMilliseconds: SCENARIO_MILLISECONDS });
      const end = stdout.trim().split(/\r?\n/).at(-1);
      assert.deepEqual(
        { code: DIED_IN_LOADER.test(stderr) ? 0 : code, end },
        { code: 0, end: "ok" },
        stdout + stderr,
      );
    });
  }
});
