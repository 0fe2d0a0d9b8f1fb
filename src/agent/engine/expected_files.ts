import type { Log } from "../../logging/log.ts";
import { exists } from "./path_exists.ts";

const MACHINE_ID = "etc/machine-id";
/** Where programs look for kernel modules; this kernel has its own elsewhere, or none. */
const MODULES_FOLDER = "usr/lib/modules";

/**
 * Makes what published compose files mount from the system and the image cannot have: a number of this distro alone,
 * and an empty folder. Never rejects: a distro without them runs all the same.
 *
 * @param root Replaced in tests.
 */
export function makeExpectedFiles(log: Log, root = "/"): void {
  try {
    if (!exists(`${root}${MACHINE_ID}`)) {
      Deno.writeTextFileSync(`${root}${MACHINE_ID}`, `${newMachineId()}\n`, { mode: 0o444 });
    }
    Deno.mkdirSync(`${root}${MODULES_FOLDER}`, { recursive: true });
  } catch (error) {
    log("warn", "agent.expected_files.failed", { reason: String(error) });
  }
}

/** 32 hexadecimal digits, as machine-id(5) has them. */
function newMachineId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
