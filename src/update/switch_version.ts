import { problemOf } from "../errors/problem_of.ts";
import type { Payload } from "../payload/payload.ts";
import { nameOnTrial } from "./change_version.ts";
import { type ContainerBefore, type InstalledChange, installedChangeOf } from "./update_journal.ts";
import { UPDATE_LIMITS } from "./update_limits.ts";
import type { UpdateRecords } from "./update_records.ts";
import { verifyVersion } from "./verify_version.ts";

/** The running engine, as far as a switch needs it. */
export interface EngineToLeave {
  /** The containers that the next version must have as well. Starts the engine if it does not run. */
  containers(signal: AbortSignal): Promise<ContainerBefore[]>;
  /** For how many milliseconds nothing has used it; `Infinity` if it does not run. */
  unusedFor(): number;
  /**
   * Stops the engine if nothing has used it for so many milliseconds; the decision and the stop are one step.
   * Resolves to whether it is stopped, with nobody waiting for it.
   */
  stopWhenUnused(quietMilliseconds: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** What a switch works with. */
export interface SwitchParts {
  readonly records: UpdateRecords;
  readonly engine: EngineToLeave;
  openVersion(id: string): Promise<Payload & Disposable>;
}

/**
 * Names the new version on trial, with the engine stopped. The host is to end now.
 *
 * @returns Whether it has happened; `false` if somebody uses the engine and `when` is `idle`.
 * @throws {WindlassError} `WL_VERSION_INCOMPLETE` if the version's files have changed; what kept `current.json` from
 * being written. The version before then stays, and its engine starts with the next request.
 */
export async function switchVersion(
  { records, engine, openVersion }: SwitchParts,
  change: InstalledChange,
  when: "idle" | "now",
  signal: AbortSignal,
): Promise<boolean> {
  {
    using version = await openVersion(change.id);
    await verifyVersion(version, signal);
  }
  // One that is started only to be asked for its containers is used by nobody.
  const quiet = engine.unusedFor() === Infinity ? 0 : UPDATE_LIMITS.quietMilliseconds;
  const containers = await containersOf(engine, records, signal);
  if (when === "now") await engine.stop();
  else if (!await engine.stopWhenUnused(quiet)) return false;
  try {
    const switched = records.now().toISOString();
    await nameOnTrial(records, { ...installedChangeOf(change), switched, containers });
  } catch (error) {
    // Whichever of the two writes has failed: the old version is named, or the switch has happened.
    const named = await records.store.readCurrent();
    if (named?.current !== change.id) {
      await records.journal.write({ state: "ready", ...installedChangeOf(change), consent: false });
      throw error;
    }
  }
  return true;
}

/** An engine that cannot say what it has is no reason to stay: the next version may be what mends it. */
async function containersOf(
  engine: EngineToLeave,
  { log }: UpdateRecords,
  signal: AbortSignal,
): Promise<ContainerBefore[] | null> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(UPDATE_LIMITS.listMilliseconds)]);
    return await engine.containers(limit);
  } catch (error) {
    signal.throwIfAborted();
    log("warn", "update.containers.unknown", { reason: problemOf(error).message });
    return null;
  }
}
