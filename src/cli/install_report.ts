import { appendFileSync } from "node:fs";
import { WindlassError } from "../errors/windlass_error.ts";
import { systemReason } from "../files/file_errors.ts";
import type { CommandContext, CommandInput } from "./command.ts";
import { describeError } from "./print_error.ts";

/**
 * Runs a command that others call for their users: with `--quiet` it tells nothing but failures, with `--log FILE` the file gets
 * everything with the time, failures too.
 *
 * @throws What the command throws; `WL_FILE_NOT_WRITABLE` before it runs, if the file cannot be created.
 */
export async function withInstallReport(
  input: CommandInput,
  context: CommandContext,
  run: (context: CommandContext) => Promise<number>,
): Promise<number> {
  const quiet = input.flags["quiet"] === true;
  const path = input.flags["log"];
  const log = typeof path === "string" ? openLog(path) : undefined;
  const reporting = Object.create(context, {
    note: {
      value: (text: string) => {
        log?.(text);
        if (!quiet) context.note(text);
      },
    },
    // A line that is drawn in place is for eyes only.
    interactive: { value: context.interactive && !quiet && log === undefined },
  }) as CommandContext;
  try {
    const code = await run(reporting);
    log?.(`Ended with exit code ${code}\n`);
    return code;
  } catch (error) {
    log?.(describeError(error).text);
    throw error;
  }
}

/** Each line is in the file when the call returns: what follows may end this process. */
function openLog(path: string): (text: string) => void {
  const append = (text: string) => {
    for (const line of text.trimEnd().split("\n")) {
      appendFileSync(path, `${new Date().toISOString()} ${line}\n`);
    }
  };
  try {
    append("Windlass");
  } catch (cause) {
    const message = `Cannot write '${path}': ${systemReason(cause)}`;
    throw new WindlassError("WL_FILE_NOT_WRITABLE", message, { cause });
  }
  return append;
}
