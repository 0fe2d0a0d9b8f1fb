import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NEVER } from "../../timing/sleep.ts";
import type { CommandContext } from "../command.ts";
import { open } from "./open.ts";

/** A machine on which nothing can be opened, and what its user sees. */
function brokenContext(environment: Record<string, string>) {
  const seen: string[] = [];
  const context: CommandContext = {
    home() {
      throw new WindlassError("WL_HOME_INVALID", "Cannot use WINDLASS_HOME: 'x' is not an absolute path");
    },
    environment: () => environment,
    executable: () => "windlass",
    version: () => ({ id: "embedded", trial: false }),
    print: (text) => void seen.push(text),
    note: (text) => void seen.push(text),
    waitForEnter: () => Promise.resolve(void seen.push("<Enter>")),
    ask: () => Promise.resolve(undefined),
    interactive: false,
    columns: () => 80,
    signal: NEVER,
    interrupted: () => false,
  };
  return { context, seen };
}

Deno.test("open() in a console of its own shows why it failed until the user has read it", async () => {
  const { context, seen } = brokenContext({ WINDLASS_OWN_CONSOLE: "1" });
  assert.equal(await open(context), 1);
  assert.deepEqual(seen, [
    "windlass: Cannot use WINDLASS_HOME: 'x' is not an absolute path\n" +
    "  WL_HOME_INVALID: Set WINDLASS_HOME to an absolute path of a folder that you can write to, or unset it.\n" +
    "\nPress Enter to close this window\n",
    "<Enter>",
  ]);
});

Deno.test("open() in somebody else's console fails as every command does", async () => {
  const { context, seen } = brokenContext({});
  await assert.rejects(open(context), { code: "WL_HOME_INVALID" });
  assert.deepEqual(seen, []);
});
