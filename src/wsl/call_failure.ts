import { ERROR_CODES, type ErrorCode } from "../errors/error_codes.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { type KnownFailure, knownFailure, knownImportFailure } from "./known_failures.ts";
import { findPrintedError, LINE_END_REGEXP } from "./wsl_output.ts";

/** How a call of wsl ended. */
export interface WslCallResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** -1 as Windows and Deno report it, and as Linux does. */
const FAILED_FOR_SURE: readonly number[] = [-1, 0xffff_ffff];
const FAILED_ON_LINUX = 255;

/** What the first line of an unknown failure may take of our sentence, in characters. */
const QUOTED_CHARACTERS = 200;

/** bsdtar's words, which wsl passes on untouched and untranslated, for a disk without room. */
const NO_SPACE_REGEXP = /No space left on device|ENOSPC|Disk quota exceeded/;

/** How init says that it could not start a program; raw and in English whatever wsl speaks. */
const NO_PROGRAM_REGEXP = /^<3>WSL \(\d+ - Relay\) ERROR: \w+:\d+: execvpe\(.*\) failed: /;
/** The exit code that comes with it. */
const NO_PROGRAM_EXIT = 1;

/** Whether this line of stderr, together with that exit code, means that the distro lacks the program. */
export function saysNoProgram(line: string): boolean {
  return NO_PROGRAM_REGEXP.test(line);
}

/** The error for a program that could not be started, told by a line of stderr. */
export function noProgramFailure(action: string, exitCode: number): WindlassError | null {
  if (exitCode !== NO_PROGRAM_EXIT) return null;
  return new WindlassError("WL_DISTRO_PROGRAM_MISSING", `Cannot ${action}: the distro has no such program`);
}

/** Whether a process that ended so may have been a wsl that failed itself; its output then shows it. */
export function mayBeWslFailure(exitCode: number): boolean {
  return FAILED_FOR_SURE.includes(exitCode) || exitCode === FAILED_ON_LINUX;
}

/**
 * Whether wsl itself failed, as opposed to a program that it ran. 255 is both wsl's -1 on Linux and a status
 * that a program may have, so there the error code line decides.
 */
export function isWslFailure(result: Pick<WslCallResult, "exitCode" | "stdout">): boolean {
  if (FAILED_FOR_SURE.includes(result.exitCode)) return true;
  return result.exitCode === FAILED_ON_LINUX && findPrintedError(result.stdout) !== null;
}

/**
 * The failure in its own words where the `wsl` is the one for Linux and tells with one of our codes what Windows
 * has no code for, such as a tool that is missing: a sentence, its remedy, the code line.
 */
function ownFailure(result: WslCallResult): WindlassError | undefined {
  const code = findPrintedError(result.stdout)?.code;
  if (code === undefined || !(code in ERROR_CODES)) return undefined;
  const [sentence = "", remedy = ""] = result.stdout.trim().split(/\r?\n/);
  return new WindlassError(code as ErrorCode, sentence.replace(/\.$/, ""), { remedy });
}

/** The error for a failed call. `action` is what follows the word Cannot, such as "list the distros". */
export function wslFailure(action: string, result: WslCallResult): WindlassError {
  const own = ownFailure(result);
  if (own !== undefined) return own;
  const printed = findPrintedError(result.stdout);
  const known = printed === null ? undefined : knownFailure(printed);
  return new WindlassError(known?.code ?? "WL_WSL_FAILED", `Cannot ${action}: ${ending(result, known)}`);
}

/** The error for a failed import. */
export function importFailure(name: string, directory: string, result: WslCallResult): WindlassError {
  const action = `import the distro '${name}'`;
  if (NO_SPACE_REGEXP.test(result.stderr)) {
    return new WindlassError("WL_NO_SPACE", `Cannot ${action}: the disk of '${directory}' is full`, {
      cause: new Error(ending(result)),
    });
  }
  const own = ownFailure(result);
  if (own !== undefined) return own;
  const printed = findPrintedError(result.stdout);
  const known = printed === null ? undefined : knownImportFailure(printed);
  const message = `Cannot ${action}: ${ending(result, known)}`;
  return new WindlassError(known?.code ?? "WL_DISTRO_IMPORT_FAILED", message, {
    cause: new Error(result.stderr.trim()),
  });
}

/** How it ended in words: the error code and what it means, else the first line of what it said. */
function ending(result: WslCallResult, known?: KnownFailure): string {
  const printed = findPrintedError(result.stdout);
  if (printed !== null) {
    const end = `wsl ended with ${printed.path}`;
    return known === undefined ? end : `${known.state}; ${end}`;
  }
  const said = [result.stdout, result.stderr].map((text) => text.trim()).find((text) => text !== "");
  const line = said?.split(LINE_END_REGEXP, 1)[0]?.slice(0, QUOTED_CHARACTERS);
  const exit = `wsl ended with exit code ${result.exitCode}`;
  return line === undefined ? exit : `${exit} and said '${line}'`;
}
