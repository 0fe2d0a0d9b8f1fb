import type { CommandContext } from "../command.ts";
import { EXIT } from "../print_error.ts";

/** Where an answer is printed, and whether the user asked for JSON. */
export interface AnswerOutput {
  readonly context: Pick<CommandContext, "print">;
  readonly json: boolean;
}

/** Prints an answer, indented JSON with `--json` and else as text for people. Returns the exit code of success. */
export function printAnswer<T>(
  { context, json }: AnswerOutput,
  answer: T,
  text: (answer: T) => string,
): number {
  context.print(json ? `${JSON.stringify(answer, null, 2)}\n` : text(answer));
  return EXIT.ok;
}
