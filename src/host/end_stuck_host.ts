import { dirname, join } from "node:path";
import { WindlassError } from "../errors/windlass_error.ts";
import { removeIfPresent } from "../files/if_present.ts";
import { NO_LOG } from "../logging/log.ts";
import type { LockHolderProcess } from "../platform/lock_holder.ts";
import { openLockHolder } from "../platform/this_lock_holder.ts";
import { OPERATING_SYSTEM } from "../platform/operating_system.ts";
import type { Home } from "./home.ts";
import type { Installation } from "./installation.ts";
import { openInstanceDistros } from "./engine/instance_distros.ts";
import { thisMachine } from "./machine/this_machine.ts";
import { claimHome, lockHolder } from "./single_instance.ts";
import { terminateDistros } from "./engine/terminate_distros.ts";

/** A host that can still end by itself begins within this time of being asked. */
const TERMINATE_MILLISECONDS = 5_000;
/** A process that was killed is gone at once, unless it hangs in the kernel. */
const KILL_MILLISECONDS = 5_000;
const POLL_MILLISECONDS = 20;
/** The last word of a host's command line. */
const HOST_COMMAND = "host";

/** Whose host is stuck, and what is known of this program. */
export interface EndStuckHostOptions {
  readonly installation: Installation;
  /** Text for the user. */
  readonly note: (text: string) => void;
}

/**
 * Ends a host that does not answer, without its help: asks its process to end, ends it, and terminates the distros
 * that it leaves. Only the process that provably holds the lock of the home and is a host is ended; a number that
 * another process has got meanwhile is never used.
 *
 * @throws {WindlassError} `WL_HOST_SILENT` if it cannot be identified or ended; nothing else was ended then.
 */
export async function endStuckHost(options: EndStuckHostOptions): Promise<void> {
  const { installation: { home }, note } = options;
  if (await lockHolder(home) !== undefined) {
    using holder = await openLockHolder(home);
    if (holder === undefined) throw cannotEnd(home, "the process that holds its lock cannot be identified");
    if (!await isHost(holder, home)) {
      throw cannotEnd(home, `process ${holder.processId} holds its lock and is not a host`);
    }
    note(`The host (process ${holder.processId}) does not answer; ending it\n`);
    if (!holder.terminate() || !await isFree(home, TERMINATE_MILLISECONDS)) {
      kill(holder, home);
      if (!await isFree(home, KILL_MILLISECONDS)) {
        throw cannotEnd(home, `process ${holder.processId} does not end even though it was killed`);
      }
    }
  }
  await cleanUp(options);
  note("Its containers were ended with it\n");
}

/** What a host leaves that could not clean up: its distros, and the address of its API. */
async function cleanUp({ installation }: EndStuckHostOptions): Promise<void> {
  const { home, executable } = installation;
  using _claim = await claimHome(home);
  const wsl = (await thisMachine()).wsl(executable, home);
  const distros = await openInstanceDistros({ wsl, installation, log: NO_LOG });
  const names = [distros.engineName, ...distros.otherEngineNames, distros.dataName];
  await terminateDistros(wsl, names, NO_LOG);
  await removeIfPresent(home.apiAddressFile);
}

/** Whether the process is a host of this home: the runtime of this program, with the command of a host. */
async function isHost({ executable, commandLine }: LockHolderProcess, home: Home): Promise<boolean> {
  const components = await Deno.realPath(join(home.root, "components")).catch(() => "");
  const isRuntime = executable === await Deno.realPath(Deno.execPath()) ||
    comparable(dirname(executable)) === comparable(components);
  return isRuntime && commandLine.at(-1)?.split(/[ "]+/).findLast((word) => word !== "") === HOST_COMMAND;
}

/** Windows keeps the case of a path and ignores it in comparisons; it may put a prefix before it. */
function comparable(path: string): string {
  return OPERATING_SYSTEM === "windows" ? path.replace(/^\\\\\?\\/, "").toLowerCase() : path;
}

function kill(holder: LockHolderProcess, home: Home): void {
  try {
    holder.kill();
  } catch (cause) {
    throw cannotEnd(home, `process ${holder.processId} cannot be ended by this user`, cause);
  }
}

async function isFree(home: Home, milliseconds: number): Promise<boolean> {
  for (const limit = performance.now() + milliseconds; performance.now() < limit;) {
    if (await lockHolder(home) === undefined) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  return false;
}

function cannotEnd(home: Home, state: string, cause?: unknown): WindlassError {
  return new WindlassError("WL_HOST_SILENT", `Cannot end the host of ${home.root}: ${state}`, {
    remedy: "End the process yourself, then run 'windlass start' to recover.",
    cause,
  });
}
