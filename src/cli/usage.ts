/**
 * Usage lines of the commands that check their subcommands themselves: the command table and the commands share
 * them. Loads no other part of the program.
 */
import { WindlassError } from "../errors/windlass_error.ts";

/** What may follow the name of the command. */
export const USAGE = {
  settings: "list | get KEY | set KEY VALUE... | reset KEY  [--json]",
  update:
    "[status|check|download|install [VERSION] [--now] [--from BUNDLE]|rollback [--now]|pin [VERSION]|unpin|skip VERSION|channel [NAME]] [--json]",
  workspace: "list | enable NAME | disable NAME | check NAME  [--json]",
  network: "[check HOST[:PORT]]  [--json]",
  debug: "streams | start  [--json]",
  self: "verify",
  completions: "bash|zsh|fish|powershell",
} as const;

/** The error for arguments that a command does not accept; its remedy is the usage line. */
export function usageError(name: string, usage: string, state: string): WindlassError {
  return new WindlassError("WL_USAGE", `Cannot run '${name}': ${state}`, {
    remedy: `Usage: ${`windlass ${name} ${usage}`.trimEnd()}`,
  });
}
