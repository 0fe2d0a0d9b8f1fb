import type { Command } from "../command.ts";

/** A flag of a command, as a shell completes it. */
export interface CompletedFlag {
  readonly long: string;
  readonly short?: string;
  /** What may follow it: words to choose from, or `[]` for any text; absent if nothing follows. */
  readonly values?: readonly string[];
}

/**
 * The words to choose from, or those of the program's command line that prints them now: one a line, in letters, digits,
 * dots, hyphens and underscores, since a shell expands what it reads.
 */
export type CompletedOperand = readonly string[] | { readonly printedBy: string };

/** A command, as a shell completes it. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** For each operand, the words to choose from. */
  readonly operands: readonly CompletedOperand[];
  /** Whether everything after the name belongs to another program. */
  readonly passThrough: boolean;
}

/** Words that only a program with more code than the command table can know; by command, then by operand. */
export type OperandWords = Readonly<Record<string, readonly CompletedOperand[]>>;

/** The word after which the help of a command is shown, for every command. */
const HELP: CompletedFlag = { long: "help", short: "h" };

/** What can be completed: every command that the help lists, and the help itself. Pure. */
export function completionModel(
  commands: ReadonlyMap<string, Command>,
  words: OperandWords = {},
): CompletedCommand[] {
  const listed = [...commands].filter(([, command]) => !command.hidden);
  const model = listed.map(([name, command]): CompletedCommand => ({
    name,
    summary: command.summary,
    flags: command.passThrough ? [] : [...flagsOf(command), HELP],
    operands: words[name] ?? command.operands?.map((operand) => [operand]) ?? [],
    passThrough: command.passThrough === true,
  }));
  return [...model, {
    name: "help",
    summary: "Show the help, or that of one command",
    flags: [],
    operands: [listed.map(([name]) => name)],
    passThrough: false,
  }];
}

function flagsOf({ flags = {}, flagValues = {} }: Command): CompletedFlag[] {
  return Object.entries(flags).map(([long, { type, short }]) => ({
    long,
    ...short === undefined ? {} : { short },
    ...type === "boolean" ? {} : { values: flagValues[long] ?? [] },
  }));
}
