import { isWindlassError, WindlassError } from "../errors/windlass_error.ts";
import { freeBytes } from "../files/free_bytes.ts";
import { type DistroContext, distroFolder, makeParent, type RootfsImage } from "./distro_context.ts";
import { DISTRO_STAGES } from "./distro_progress.ts";
import { ensureEngineDistro } from "./engine_distro.ts";
import { removeEngineDistro } from "./remove_distros.ts";

/** Space besides the files: tables of the file system, and room for what else is writing to the disk. Bytes. */
const SPACE_RESERVE = 256 * 1024 * 1024;
const MEGABYTE = 1_000_000;

/**
 * Imports an engine beside the one that runs, and tries it out. What is in that distro before is replaced, unless it
 * is this engine already. Neither the data distro nor the other engine is touched. Safe to repeat after a crash at
 * any point; the distro is then complete or not in the record.
 *
 * @param name A name whose distro nobody uses.
 * @param rehearse Tries the distro out, once it is imported. If it rejects with `WL_ENGINE_UNFIT`, the distro goes.
 *
 * @throws {WindlassError} `WL_NO_SPACE` before anything is done, all that `ensureEngineDistro()` may throw, and what
 * `rehearse` rejects with.
 */
export async function prepareEngineDistro(
  context: DistroContext,
  name: string,
  image: RootfsImage,
  rehearse: () => Promise<void>,
): Promise<void> {
  if (context.record.engines[name]?.rootfsId !== image.id) {
    await removeEngineDistro(context, name); // first: its room is needed
    await requireSpace(context, name, image);
  }
  await ensureEngineDistro(context, name, image);
  context.log("info", "distro.rehearse", { distro: name });
  context.progress({ distro: name, stage: "rehearse", title: DISTRO_STAGES.rehearse });
  try {
    await rehearse();
  } catch (error) {
    if (isWindlassError(error, "WL_ENGINE_UNFIT")) await removeEngineDistro(context, name);
    throw error;
  } finally {
    await terminate(context, name);
  }
}

/** A disk that runs full in the middle of an import would stop the engine that runs, too. */
async function requireSpace(context: DistroContext, name: string, image: RootfsImage): Promise<void> {
  const folder = distroFolder(context, name);
  await makeParent(folder);
  const free = await freeBytes(context.directory);
  const needed = image.unpackedBytes + SPACE_RESERVE;
  if (free === undefined || free >= needed) return;
  const state = `it needs ${megabytes(needed)} MB, and '${context.directory}' has ${megabytes(free)} MB left`;
  throw new WindlassError("WL_NO_SPACE", `Cannot import the distro '${name}': ${state}`);
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / MEGABYTE);
}

/** Left running, it would take memory until wsl finds it idle. */
async function terminate({ wsl, log }: DistroContext, name: string): Promise<void> {
  try {
    await wsl.terminate(name);
  } catch (error) {
    if (isWindlassError(error, "WL_DISTRO_NOT_FOUND")) return;
    log("warn", "distro.terminate.failed", { distro: name, reason: String(error) });
  }
}
