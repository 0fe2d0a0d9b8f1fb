import { problemOf } from "../../errors/problem_of.ts";
import type { EnginePort, UpdaterPorts } from "../ports.ts";
import { nameOnTrial } from "./change_version.ts";
import { type ContainerBefore, type InstalledChange, installedChangeOf } from "../records/journal.ts";
import { UPDATE_LIMITS } from "../limits.ts";
import type { UpdateRecords } from "../records/records.ts";
import { verifyVersion } from "./verify_version.ts";

/**
 * Names the new version on trial, with the engine stopped. The host is to end now.
 *
 * @returns Whether it has happened; `false` if somebody uses the engine and `when` is `idle`.
 * @throws {WindlassError} `WL_VERSION_INCOMPLETE` if the version's files have changed; what kept `current.json` from
 * being written. The version before then stays, and its engine starts with the next request.
 */
export async function switchVersion(
  { records, engine, versions }: Pick<UpdaterPorts, "records" | "engine" | "versions">,
  change: InstalledChange,
  when: "idle" | "now",
  signal: AbortSignal,
): Promise<boolean> {
  await verifyVersion(await versions.open(change.id), signal);
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

/** An engine that cannot list its containers does not hold up the switch: the next version may fix it. */
async function containersOf(
  engine: EnginePort,
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
