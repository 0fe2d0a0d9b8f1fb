import { isWindlassError } from "../errors/windlass_error.ts";
import type { Payload } from "../payload/payload.ts";
import type { StagedComponent, StagedVersion } from "../payload/version_store.ts";
import { refuseVersion } from "./change_version.ts";
import type { UpdateChannel } from "./channel/update_channel.ts";
import type { Offer } from "./find_offer.ts";
import type { ReleaseDocument } from "./release/release_document.ts";
import { type Change, changeOf, type InstalledChange } from "./update_journal.ts";
import type { UpdateRecords } from "./update_records.ts";

/** How far a step is, in bytes. */
export interface StepProgress {
  readonly done: number;
  readonly total: number;
}

/** What is being done to obtain a version. */
export type ObtainStep = "downloading" | "preparing";

/** What obtaining a version takes; each part may be repeated after a death. */
export interface ObtainParts {
  readonly records: UpdateRecords;
  openChannel(from: string | undefined): Promise<UpdateChannel>;
  /** Brings every component of the release into the staging folder, verified. */
  stage(options: {
    readonly release: ReleaseDocument;
    readonly channel: Pick<UpdateChannel, "fetchBlob">;
    readonly signal: AbortSignal;
    readonly progress: (progress: StepProgress) => void;
  }): Promise<readonly StagedComponent[]>;
  /** Empties the staging folder. */
  clearStaging(): Promise<void>;
  install(version: StagedVersion): Promise<string>;
  /** The version in the store, whole, that came from this release document. */
  installedFrom(release: Uint8Array): Promise<string | undefined>;
  openVersion(id: string): Promise<Payload & Disposable>;
  /** Imports the engine distro of a version beside the one that runs, and rehearses it. */
  prepareEngine(options: {
    readonly version: Payload;
    readonly signal: AbortSignal;
    readonly progress: (progress: StepProgress) => void;
  }): Promise<void>;
  /** Told what is being done, and how far it is. */
  readonly step: (step: ObtainStep, progress?: StepProgress) => void;
}

/**
 * Downloads, installs and prepares what is offered: from here on only `current.json` separates it from running.
 *
 * @throws {WindlassError} Why not; what has been done so far is used by the next call.
 */
export async function obtainVersion(
  parts: ObtainParts,
  offer: Offer,
  change: Change,
  signal: AbortSignal,
): Promise<InstalledChange> {
  const { journal } = parts.records;
  const { release, bytes } = offer;
  const known = changeOf(change);
  // Its preparation has failed, or died, or it was left: it needs no second download.
  const present = await parts.installedFrom(bytes);
  if (present !== undefined) return await finish(parts, { ...known, id: present }, signal);
  parts.step("downloading", { done: 0, total: offer.downloadBytes });
  await journal.write({ state: "downloading", ...known });
  using channel = await parts.openChannel(offer.from);
  const components = await parts.stage({
    release,
    channel,
    signal,
    progress: (progress) => parts.step("downloading", progress),
  });
  signal.throwIfAborted();
  await journal.write({ state: "installing", ...known });
  const id = await parts.install({ components, release: bytes });
  return await finish(parts, { ...known, id }, signal);
}

async function finish(
  parts: ObtainParts,
  installed: InstalledChange,
  signal: AbortSignal,
): Promise<InstalledChange> {
  await prepareVersion(parts, installed, signal);
  await parts.clearStaging();
  return installed;
}

/**
 * Prepares a version that is in the store: its engine distro is imported beside the one that runs, and rehearsed.
 *
 * @throws {WindlassError} Why not.
 */
export async function prepareVersion(
  parts: Pick<ObtainParts, "records" | "openVersion" | "prepareEngine" | "step">,
  change: InstalledChange,
  signal: AbortSignal,
): Promise<void> {
  const { journal } = parts.records;
  const installed = { ...changeOf(change), id: change.id };
  parts.step("preparing");
  await journal.write({ state: "preparing", ...installed });
  using version = await parts.openVersion(change.id);
  const progress = (progress: StepProgress) => parts.step("preparing", progress);
  try {
    await parts.prepareEngine({ version, signal, progress });
  } catch (error) {
    // It would be found out again after each check.
    if (isWindlassError(error, "WL_ENGINE_UNFIT")) await refuseVersion(parts.records, change, error.message);
    throw error;
  }
  signal.throwIfAborted();
  await journal.write({ state: "ready", ...installed, consent: false });
}
