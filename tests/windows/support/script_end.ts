import { join } from "node:path";
import { readTextIfPresent } from "../../../src/files/if_present.ts";
import type { CommandResult } from "../../support/run_command.ts";

/** Names the file for `record_end.ts`, as a Windows path. */
export const END_VARIABLE = "TRIAL_END_FILE";
/** The module to load before the script. */
export const RECORD_END = join(import.meta.dirname!, "record_end.ts");

/**
 * What the C library or the shell says of a process of Wine that died. A Windows program that crashes never ends so:
 * Wine makes that an exception of Windows.
 */
const DEATH_OF_WINE = /(?:Inconsistency detected by ld\.so: [^\n]*\n+|Segmentation fault\n)$/;
const DEATH_CODES: readonly number[] = [127, 139];

/**
 * The result of a script with the exit code that it has ended with by itself. Once in some hundred times, Wine dies
 * while it ends the threads of a process that is over, and another code arrives.
 */
export async function ownEnd(result: CommandResult, endFile: string): Promise<CommandResult> {
  if (!DEATH_CODES.includes(result.code) || !DEATH_OF_WINE.test(result.stderr)) return result;
  const code = await readTextIfPresent(endFile);
  if (code === undefined) return result;
  return { ...result, code: Number(code), stderr: result.stderr.replace(DEATH_OF_WINE, "") };
}
