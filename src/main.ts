import type { CommandContext } from "./cli/command.ts";
import { COMMAND_LIST } from "./cli/command_table.ts";
import { helpText } from "./cli/text/help.ts";
import { parseArguments } from "./cli/parse_arguments.ts";
import { describeError, EXIT } from "./cli/print_error.ts";
import { createContext } from "./cli/process_context.ts";

/** argv to command, nothing else. */
async function main(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    const parsed = parseArguments(args, COMMAND_LIST);
    if (parsed.kind === "run") return await parsed.command.run(parsed.input, context, COMMAND_LIST);
    context.print(helpText(parsed.topic, COMMAND_LIST));
    return EXIT.ok;
  } catch (error) {
    if (context.interrupted()) return EXIT.interrupted;
    const { text, exitCode } = describeError(error);
    context.note(text);
    return exitCode;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args, createContext()));
