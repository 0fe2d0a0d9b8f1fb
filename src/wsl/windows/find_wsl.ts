import { WindlassError } from "../../errors/windlass_error.ts";
import type { WslCommand } from "../call_wsl.ts";
import { programIn, readWslFacts, type WslFacts } from "./wsl_facts.ts";

/**
 * The oldest version that is used: an older one stops for good when a program's input and output are both full,
 * which the link to the engine is under load.
 */
const OLDEST_VERSION = "2.4.12";

/**
 * The installed wsl.exe by its full path. What prevents its use is reported before anything is called: without the
 * package, the wsl.exe of Windows itself would start a download or wait for a key.
 *
 * @throws {WindlassError} `WL_WSL_FORBIDDEN`, `WL_WSL_MISSING`, `WL_WSL_INBOX_ONLY`, `WL_WSL_TOO_OLD`,
 * `WL_WSL_SERVICE_DOWN`, `WL_WSL_SERVICE_DISABLED`, `WL_WSL_PLATFORM_MISSING`, `WL_WSL_COMPUTE_DOWN`.
 *
 * @example
 * ```ts
 * const wsl = createWsl(findWsl());
 * ```
 */
export function findWsl(facts: WslFacts = readWslFacts()): WslCommand {
  if (facts.allowWsl === 0) throw cannot("WL_WSL_FORBIDDEN", "a policy of this machine forbids it");
  const program = installedProgram(facts);
  requireVersion(facts.version);
  requireService(facts);
  requirePlatform(facts);
  return { command: [program] };
}

function installedProgram(facts: WslFacts): string {
  if (facts.installLocation !== null && facts.hasProgram) return programIn(facts.installLocation);
  if (facts.installLocation !== null) {
    const state = `its program '${programIn(facts.installLocation)}' is gone`;
    throw cannot("WL_WSL_MISSING", state, "Repair WSL with 'wsl --update', or install its package again.");
  }
  if (facts.hasInboxProgram) {
    throw cannot("WL_WSL_INBOX_ONLY", "only the part that comes with Windows is installed");
  }
  throw cannot("WL_WSL_MISSING", "it is not installed");
}

/** A version that cannot be read is taken for a new one: wsl itself then says what is wrong. */
function requireVersion(version: string | null): void {
  if (version === null || !isOlder(version, OLDEST_VERSION)) return;
  throw cannot(
    "WL_WSL_TOO_OLD",
    `its version is ${version}, and before ${OLDEST_VERSION} it hangs when much data goes in and out of a distro at once`,
  );
}

function requireService({ wslService }: WslFacts): void {
  if (wslService === "absent") throw cannot("WL_WSL_SERVICE_DOWN", "its service 'WSLService' is missing");
  if (wslService === "disabled") {
    throw cannot("WL_WSL_SERVICE_DISABLED", "its service 'WSLService' is disabled");
  }
}

/** Virtualization that is off in the firmware shows only when a virtual machine is to start. */
function requirePlatform({ computeService }: WslFacts): void {
  if (computeService === "absent") {
    throw cannot(
      "WL_WSL_PLATFORM_MISSING",
      "the Windows feature 'Virtual Machine Platform' is turned off",
    );
  }
  if (computeService === "disabled") {
    throw cannot("WL_WSL_COMPUTE_DOWN", "the service 'vmcompute' of Windows is disabled");
  }
}

/** Compares dotted numbers; what is missing is 0, what is not a number is never older. */
function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split(".").map(Number)) as [number[], number[]];
  if (ours.some(Number.isNaN)) return false;
  for (let index = 0; index < theirs.length; index++) {
    const difference = (ours[index] ?? 0) - theirs[index]!;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function cannot(code: WindlassError["code"], state: string, remedy?: string): WindlassError {
  return new WindlassError(code, `Cannot use WSL: ${state}`, remedy === undefined ? {} : { remedy });
}
