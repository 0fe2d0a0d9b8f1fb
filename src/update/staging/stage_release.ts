import type { Log } from "../../logging/log.ts";
import type { Payload } from "../../payload/payload.ts";
import type { StagedComponent, StagedSource } from "../../payload/version_store.ts";
import type { UpdateChannel } from "../channel/channel.ts";
import type { ReleaseComponent } from "../release/release_document.ts";
import { requireSpace, whileSpaceLasts } from "./free_space.ts";
import { stageComponent } from "./stage_component.ts";
import { checkStagedFile } from "./staged_file.ts";
import { openStagingFolder } from "./staging_folder.ts";
import {
  planStaging,
  spaceForSteps,
  type StagingSources,
  type StagingStep,
  stepBytes,
} from "./staging_plan.ts";

/** From what a release is staged, where, and how. */
export interface StageReleaseOptions extends StagingSources {
  readonly channel: Pick<UpdateChannel, "fetchBlob">;
  /** `update/staging` of the home; it belongs to staging alone. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Told of bytes that are at hand and bytes to download in all; the second grows when a delta is of no use. */
  readonly progress?: (progress: StagingProgress) => void;
}

/** How far a download is. Bytes. */
export interface StagingProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * Brings all components of a release to hand, small ones first: what the executable or the version at hand has is left there,
 * the rest is fetched into the staging folder, by a delta where one fits. A file has its final name there only once its bytes were
 * checked. After a kill the same call continues where it was: what is in the folder is checked again, and what does not belong to this
 * release is removed.
 *
 * @throws {WindlassError} `WL_NO_SPACE`, before anything is fetched if the disk has too little room;
 * `WL_UPDATE_RELEASE_INVALID` if what the release names is something else; and what {@linkcode UpdateChannel.fetchBlob} throws.
 *
 * @example
 * ```ts
 * const components = await stageRelease({ release, atHand, embedded, channel, directory: home.staging, signal, log });
 * const id = await store.install({ components, release: bytes });
 * ```
 */
export async function stageRelease(options: StageReleaseOptions): Promise<readonly StagedComponent[]> {
  const { release, atHand, channel, signal, log } = options;
  const folder = await openStagingFolder(options.directory, release);
  const sources = new Map<ReleaseComponent, StagedSource>();
  const missing: StagingStep[] = [];
  for (const step of planStaging(options).steps) {
    const { component, way } = step;
    const source = await sourceAtHand(step, folder.component(component), atHand, signal);
    if (source) sources.set(component, source);
    else missing.push(way.kind === "installed" ? { component, way: { kind: "whole" } } : step);
  }
  await requireSpace(folder.path, spaceForSteps(missing));

  let total = missing.reduce((sum, step) => sum + stepBytes(step), 0);
  let done = 0;
  for (const step of missing.toSorted((one, other) => stepBytes(one) - stepBytes(other))) {
    const { component } = step;
    let bytes = stepBytes(step);
    sources.set(
      component,
      await whileSpaceLasts(folder.path, () =>
        stageComponent(step, {
          folder,
          channel,
          signal,
          log,
          fetching: (fetched) => options.progress?.({ done: done + fetched, total }),
          fallback: () => {
            total += component.full.length - bytes;
            bytes = component.full.length;
          },
        })),
    );
    done += bytes;
    log("info", "update.component.staged", { component: component.name, way: step.way.kind, bytes });
  }
  await folder.removeBlobs();
  return release.components.map((component) => {
    const { name, id, length, unpack, executable } = component;
    return { name, id, length, unpack, executable, source: sources.get(component)! };
  });
}

/** Where a component is already, checked; `undefined` if it has to be fetched. */
async function sourceAtHand(
  { component, way }: StagingStep,
  file: string,
  atHand: Payload,
  signal: AbortSignal,
): Promise<StagedSource | undefined> {
  if (way.kind === "embedded") return "embedded";
  if (way.kind === "installed" && await isIntact(atHand, component.name, signal)) return "installed";
  return await checkStagedFile(file, component, signal);
}

/** Whether an installed component has the bytes that were installed: found out by reading it to the end. */
async function isIntact(payload: Payload, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    for await (const _ of payload.storedStream(name)) signal.throwIfAborted();
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
