import { isWindlassError } from "../../errors/windlass_error.ts";
import { refuseVersion } from "./change_version.ts";
import type { Offer } from "../offer/find_offer.ts";
import { type Change, changeOf, type InstalledChange } from "../records/journal.ts";
import type { StepProgress, UpdaterPorts } from "../ports.ts";

/** What is being done to obtain a version. */
export type ObtainStep = "downloading" | "preparing";

/** The ports that a version is obtained through. */
export interface ObtainOptions extends Pick<UpdaterPorts, "channel" | "versions" | "engine" | "records"> {
  /** Called with what is being done, and how far it is. */
  readonly onStep: (step: ObtainStep, progress?: StepProgress) => void;
}

/**
 * Downloads, installs and prepares what is offered: from here on only `current.json` separates it from running.
 *
 * @throws {WindlassError} Why not; what has been done so far is used by the next call.
 */
export async function obtainVersion(
  options: ObtainOptions,
  offer: Offer,
  change: Change,
  signal: AbortSignal,
): Promise<InstalledChange> {
  const { journal } = options.records;
  const { release, bytes } = offer;
  const known = changeOf(change);
  // Its preparation has failed, or died, or it was left: it needs no second download.
  const present = await options.versions.installedFrom(bytes);
  if (present !== undefined) return await finish(options, { ...known, id: present }, signal);
  options.onStep("downloading", { done: 0, total: offer.downloadBytes });
  await journal.write({ state: "downloading", ...known });
  using channel = await options.channel.open(offer.from);
  const components = await options.channel.stage({
    release,
    channel,
    signal,
    progress: (progress) => options.onStep("downloading", progress),
  });
  signal.throwIfAborted();
  await journal.write({ state: "installing", ...known });
  const id = await options.versions.install({ components, release: bytes });
  return await finish(options, { ...known, id }, signal);
}

async function finish(
  options: ObtainOptions,
  installed: InstalledChange,
  signal: AbortSignal,
): Promise<InstalledChange> {
  await prepareVersion(options, installed, signal);
  await options.channel.clearStaging();
  return installed;
}

/**
 * Prepares a version that is in the store: its engine distro is imported beside the one that runs, and rehearsed.
 *
 * @throws {WindlassError} Why not.
 */
export async function prepareVersion(
  options: Omit<ObtainOptions, "channel">,
  change: InstalledChange,
  signal: AbortSignal,
): Promise<void> {
  const { journal } = options.records;
  const installed = { ...changeOf(change), id: change.id };
  options.onStep("preparing");
  await journal.write({ state: "preparing", ...installed });
  const version = await options.versions.open(change.id);
  const progress = (progress: StepProgress) => options.onStep("preparing", progress);
  try {
    await options.engine.prepare({ version, signal, progress });
  } catch (error) {
    // It would be found out again after each check.
    if (isWindlassError(error, "WL_ENGINE_UNFIT")) {
      await refuseVersion(options.records, change, error.message);
    }
    throw error;
  }
  signal.throwIfAborted();
  await journal.write({ state: "ready", ...installed, consent: false });
}
