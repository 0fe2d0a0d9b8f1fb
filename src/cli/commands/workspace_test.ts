import assert from "node:assert/strict";
import type { CommandContext } from "../command.ts";
import { workspace } from "./workspace.ts";

const REFUSED: readonly (readonly [readonly string[], string])[] = [
  [["toString"], "unknown subcommand 'toString'"],
  [["show"], "unknown subcommand 'show'"],
  [["enable"], "'enable' needs the name of a distro"],
  [["disable"], "'disable' needs the name of a distro"],
  [["check"], "'check' needs the name of a distro"],
  [["enable", "Ubuntu", "Debian"], "unexpected argument 'Debian'"],
  [["list", "Ubuntu"], "unexpected argument 'Ubuntu'"],
];

for (const [operands, state] of REFUSED) {
  Deno.test(`windlass workspace ${operands.join(" ")} is refused`, async () => {
    // Nothing of the machine is asked before the words are right.
    await assert.rejects(workspace({ operands, flags: {} }, {} as CommandContext), {
      code: "WL_USAGE",
      message: `Cannot run 'workspace': ${state}`,
      remedy: "Usage: windlass workspace list | enable NAME | disable NAME | check NAME  [--json]",
    });
  });
}

for (const name of ["", ".", ".."]) {
  Deno.test(`windlass workspace enable '${name}' is refused`, async () => {
    await assert.rejects(workspace({ operands: ["enable", name], flags: {} }, {} as CommandContext), {
      code: "WL_WORKSPACE_UNKNOWN",
      message: `Cannot use '${name}' as a workspace: a distro cannot have that name`,
      remedy: "Run 'windlass workspace list' to see the distros of this machine.",
    });
  });
}
