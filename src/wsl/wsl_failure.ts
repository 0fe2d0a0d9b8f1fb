import { ERROR_CODES, type ErrorCode } from "../errors/error_codes.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { findPrintedError } from "./wsl_output.ts";

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

const CODES_OF_ERRORS: Readonly<Record<string, ErrorCode>> = {
  WSL_E_DISTRO_NOT_FOUND: "WL_DISTRO_NOT_FOUND",
  ERROR_ALREADY_EXISTS: "WL_DISTRO_EXISTS",
  E_ILLEGAL_STATE_CHANGE: "WL_DISTRO_BUSY",
  ERROR_DISK_FULL: "WL_NO_SPACE",
  HCS_E_HYPERV_NOT_INSTALLED: "WL_WSL_NO_VIRTUALIZATION",
  HCS_E_SERVICE_NOT_AVAILABLE: "WL_WSL_NO_VIRTUALIZATION",
  WSL_E_VIRTUAL_MACHINE_PLATFORM_REQUIRED: "WL_WSL_NO_VIRTUALIZATION",
  REGDB_E_CLASSNOTREG: "WL_WSL_SERVICE_DOWN",
  ERROR_SERVICE_DISABLED: "WL_WSL_SERVICE_DOWN",
  ERROR_SERVICE_DOES_NOT_EXIST: "WL_WSL_SERVICE_DOWN",
};

const IMPORT_CODES_OF_ERRORS: Readonly<Record<string, ErrorCode>> = {
  WSL_E_NOT_A_LINUX_DISTRO: "WL_ROOTFS_INVALID",
  WSL_E_IMPORT_FAILED: "WL_ROOTFS_INVALID",
};

/** bsdtar's words, which wsl passes on untouched and untranslated, for a disk without room. */
const NO_SPACE_REGEXP = /No space left on device|ENOSPC|Disk quota exceeded/;

/** Whether a process that ended so may have been a wsl that failed itself; its output then tells. */
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
  const code = printed === null ? undefined : CODES_OF_ERRORS[printed.code];
  return new WindlassError(code ?? "WL_WSL_FAILED", `Cannot ${action}: ${ending(result)}`);
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
  const printed = findPrintedError(result.stdout)?.code ?? "";
  const code = IMPORT_CODES_OF_ERRORS[printed] ?? CODES_OF_ERRORS[printed] ?? "WL_DISTRO_IMPORT_FAILED";
  return new WindlassError(code, `Cannot ${action}: ${ending(result)}`, {
    cause: new Error(result.stderr.trim()),
  });
}

/** How it ended in words: the error code where there is one, else the first line of what it said. */
function ending(result: WslCallResult): string {
  const printed = findPrintedError(result.stdout);
  if (printed !== null) return `wsl ended with ${printed.path}`;
  const said = [result.stdout, result.stderr].map((text) => text.trim()).find((text) => text !== "");
  const line = said?.split(/\r*\n/, 1)[0]?.slice(0, QUOTED_CHARACTERS);
  const exit = `wsl ended with exit code ${result.exitCode}`;
  return line === undefined ? exit : `${exit} and said '${line}'`;
}
