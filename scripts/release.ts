/**
 * Makes and signs releases: keys, roots, channel folders, bundles. Every command and its flags: `deno task release help`; how a
 * release comes to be: docs/releasing.md.
 */
import { isWindlassError } from "../src/errors/windlass_error.ts";
import { parseReleaseArguments, releaseHelp } from "./release/commands/command_table.ts";

async function main(args: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  Deno.addSignalListener("SIGINT", () => interrupted.abort(new DOMException("Interrupted", "AbortError")));
  try {
    const parsed = parseReleaseArguments(args, interrupted.signal);
    if (parsed === undefined) console.log(releaseHelp());
    else await parsed.command.run(parsed.input);
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) console.error("Interrupted; the same command again finishes the work");
    else if (isWindlassError(error)) console.error(`${error.message}\n  ${error.code}: ${error.remedy}`);
    else throw error;
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
