import { WindlassError } from "../../errors/windlass_error.ts";
import { SETTING_KEYS } from "../../settings/settings_schema.ts";
import type { CommandContext, CommandInput, CommandList } from "../command.ts";
import { bashCompletions } from "../completions/bash.ts";
import {
  type CompletedCommand,
  completionModel,
  type OperandWords,
} from "../completions/completion_model.ts";
import { fishCompletions } from "../completions/fish.ts";
import { powershellCompletions } from "../completions/powershell.ts";
import { zshCompletions } from "../completions/zsh.ts";
import { EXIT } from "../print_error.ts";
import { USAGE } from "../usage.ts";
import { CHANNELS } from "../../update/release/release_document.ts";
import { UPDATE_VERBS } from "./update.ts";
import { WORKSPACE_VERBS } from "./workspace.ts";

const SHELLS: Readonly<Record<string, (model: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
  powershell: powershellCompletions,
};

const WORDS: OperandWords = {
  settings: [["list", "get", "set", "reset"], SETTING_KEYS],
  update: [Object.keys(UPDATE_VERBS), CHANNELS],
  network: [["check"]],
  workspace: [Object.keys(WORKSPACE_VERBS), { printedBy: "workspace names" }],
  completions: [Object.keys(SHELLS)],
};

/** `windlass completions`: the script that makes a shell complete our command lines. */
export function completions(input: CommandInput, context: CommandContext, commands: CommandList): number {
  const shell = input.operands[0] ?? "";
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (script === undefined) {
    throw new WindlassError("WL_USAGE", `Cannot print completions for '${shell}': unknown shell`, {
      remedy: `Usage: windlass completions ${USAGE.completions}`,
    });
  }
  context.print(script(completionModel(commands, WORDS)));
  return EXIT.ok;
}
