import { WindlassError } from "../errors/windlass_error.ts";
import type { CommandContext, CommandInput } from "./command.ts";

/** What happens to images, containers and volumes, or that nothing happens at all. */
export type DataChoice = "delete" | "keep" | "cancel";

/**
 * What is to become of the data: the flags say it, or the user does. Without either nothing is removed.
 *
 * @throws {WindlassError} `WL_CONFIRM_NEEDED` where there is nobody to ask, `WL_USAGE` for flags that contradict each other.
 */
export async function decideData(
  input: CommandInput,
  context: Pick<CommandContext, "ask">,
): Promise<DataChoice> {
  const chosen = choiceOfFlags(input.flags);
  if (chosen !== undefined) return chosen;
  const answer = await context.ask(
    "This removes Windlass. Delete all images, containers and volumes as well? They cannot be restored.\n" +
      "[y]es, [n]o, or Enter to cancel: ",
  );
  if (answer === undefined) {
    throw new WindlassError(
      "WL_CONFIRM_NEEDED",
      "Cannot uninstall: this deletes all images, containers and volumes, and needs --yes",
      { remedy: "Repeat the command with --yes if that is what you want, or with --keep-data to keep them." },
    );
  }
  return choiceOfAnswer(answer);
}

/**
 * What the flags say; nothing if they do not. `--yes` is the answer to what the command says that it deletes; a command that says
 * nothing, as with `--quiet`, deletes data only if it is told to in so many words. Pure.
 */
export function choiceOfFlags(flags: CommandInput["flags"]): DataChoice | undefined {
  const is = (name: string) => flags[name] === true;
  if (is("delete-data") && is("keep-data")) {
    throw new WindlassError(
      "WL_USAGE",
      "Cannot run 'uninstall': --delete-data and --keep-data contradict each other",
    );
  }
  if (is("delete-data")) return "delete";
  if (is("keep-data") || is("quiet")) return "keep";
  return is("yes") ? "delete" : undefined;
}

/** What the user's words mean; whatever is not clear changes nothing. Pure. */
export function choiceOfAnswer(answer: string): DataChoice {
  const word = answer.trim().toLowerCase();
  if (word === "y" || word === "yes") return "delete";
  return word === "n" || word === "no" ? "keep" : "cancel";
}
