import assert from "node:assert/strict";
import { openSampleHome } from "../../../tests/fakes/sample_version.ts";
import { resolveHome } from "../../host/home.ts";
import { NEVER } from "../../timing/sleep.ts";
import type { CommandContext } from "../command.ts";
import { self } from "./self.ts";

const INPUT = { flags: {}, operands: ["verify"] };
const RELEASE = new TextEncoder().encode("{}");

/** What the command uses of a context; what it prints is in `printed`. */
function contextOf(sample: { home: string; executable: string }, id: string) {
  const printed: string[] = [];
  const context: Pick<CommandContext, "home" | "executable" | "version" | "print" | "note" | "signal"> = {
    home: () => resolveHome({ WINDLASS_HOME: sample.home }, "linux"),
    executable: () => sample.executable,
    version: () => ({ id, trial: false }),
    print: (text) => void printed.push(text),
    note: (text) => void printed.push(text),
    signal: NEVER,
  };
  return { context: context as CommandContext, printed };
}

Deno.test("windlass self verify checks the executable, and the version that an update brought", async () => {
  await using sample = await openSampleHome();
  const app = await sample.stage("app", new Uint8Array(9), true);
  const id = await sample.store.install({ components: [sample.embedded("deno"), app], release: RELEASE });
  const embedded = contextOf(sample, "embedded");
  assert.equal(await self(INPUT, embedded.context), 0);
  assert.deepEqual(embedded.printed, [`${sample.executable}: every byte is intact\n`]);
  const { context, printed } = contextOf(sample, id);
  assert.equal(await self(INPUT, context), 0);
  assert.equal(printed[1], `Running version '${id}': every byte is intact\n`);
  await Deno.writeTextFile(`${sample.home}/components/${app.id}-app`, "something else");
  await assert.rejects(self(INPUT, context), {
    code: "WL_VERSION_INCOMPLETE",
    message: `Cannot trust version '${id}': damaged parts: app`,
  });
});

Deno.test("windlass self verify names the damaged parts of the executable", async () => {
  await using sample = await openSampleHome();
  const bytes = await Deno.readFile(sample.executable);
  bytes[0]! ^= 1;
  await Deno.writeFile(sample.executable, bytes);
  const { context, printed } = contextOf(sample, "embedded");
  await assert.rejects(self(INPUT, context), {
    code: "WL_EXECUTABLE_CORRUPT",
    message: `Cannot trust ${sample.executable}: damaged parts: stub`,
  });
  assert.deepEqual(printed, ["stub: Cannot trust component 'stub': its stored bytes are damaged\n"]);
});
