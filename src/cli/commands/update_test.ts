import assert from "node:assert/strict";
import type { CommandContext, CommandInput } from "../command.ts";
import { update } from "./update.ts";

const REFUSED: readonly (readonly [readonly string[], CommandInput["flags"], string])[] = [
  [["upgrade"], {}, "'upgrade' is none of its verbs"],
  [["toString"], {}, "'toString' is none of its verbs"],
  [["check", "1.2.0"], {}, "'1.2.0' is one word too many"],
  [["skip"], {}, "'skip' needs a version"],
  [["skip", "1.2"], {}, "'1.2' is no version such as '1.2.7'"],
  [["install", "newest"], {}, "'newest' is no version such as '1.2.7'"],
  [["pin", "banana"], {}, "'banana' is no version such as '1.2.7' or '1.2'"],
  [["pin", ""], {}, "'' is no version such as '1.2.7' or '1.2'"],
  [["download"], { now: true }, "'download' does not take --now"],
  [["rollback"], { from: "x.bundle" }, "'rollback' does not take --from"],
];

for (const [operands, flags, state] of REFUSED) {
  Deno.test(`windlass update ${operands.join(" ")} ${JSON.stringify(flags)} is refused`, async () => {
    // Nothing of the machine is asked before the words are right.
    await assert.rejects(update({ operands, flags }, {} as CommandContext), {
      code: "WL_USAGE",
      message: `Cannot run 'update': ${state}`,
      remedy: "Usage: windlass update [status|check|download|install [VERSION] [--now] [--from BUNDLE]|" +
        "rollback [--now]|pin [VERSION]|unpin|skip VERSION|channel [NAME]] [--json]",
    });
  });
}
