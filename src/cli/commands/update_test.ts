import assert from "node:assert/strict";
import type { CommandContext, CommandInput } from "../command.ts";
import { update } from "./update.ts";

const REFUSED: readonly (readonly [readonly string[], CommandInput["flags"], string])[] = [
  [["upgrade"], {}, "unknown subcommand 'upgrade'"],
  [["toString"], {}, "unknown subcommand 'toString'"],
  [["check", "1.2.0"], {}, "unexpected argument '1.2.0'"],
  [["skip"], {}, "'skip' needs a version"],
  [["skip", "1.2"], {}, "'1.2' is not a version such as '1.2.7'"],
  [["install", "newest"], {}, "'newest' is not a version such as '1.2.7'"],
  [["pin", "banana"], {}, "'banana' is not a version such as '1.2.7' or '1.2'"],
  [["pin", ""], {}, "'' is not a version such as '1.2.7' or '1.2'"],
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
