import assert from "node:assert/strict";
import type { CommandContext } from "../command.ts";
import { network } from "./network.ts";

for (
  const [operands, state] of [
    [["show"], "unknown subcommand 'show'"],
    [["check"], "'check' needs the name of a host"],
    [["check", "a", "b"], "unexpected argument 'b'"],
  ] as const
) {
  Deno.test(`windlass network ${operands.join(" ")} is refused`, async () => {
    await assert.rejects(network({ operands, flags: {} }, {} as CommandContext), {
      code: "WL_USAGE",
      message: `Cannot run 'network': ${state}`,
      remedy: "Usage: windlass network [check HOST[:PORT]]  [--json]",
    });
  });
}
