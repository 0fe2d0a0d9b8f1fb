import { renameFile } from "../../files/rename_file.ts";
import { syncFolder } from "../../files/replace_file.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import type { StagedSource } from "../../payload/version_store.ts";
import type { UpdateChannel } from "../channel/channel.ts";
import { applyDelta } from "../delta/apply_delta.ts";
import { openFrameSink, openRawSink } from "../delta/content_sink.ts";
import { DeltaError } from "../delta/delta_rules.ts";
import type { ReleaseBlob, ReleaseComponent, ReleaseDelta } from "../release/release_document.ts";
import { expandFrame, FrameError } from "./expand_frame.ts";
import { checkStagedFile, isBlob, readPieces } from "./staged_file.ts";
import { removeEntry, type StagingFolder } from "./staging_folder.ts";
import type { DeltaBase, StagingStep } from "./staging_plan.ts";

/** Dependencies of staging one component. */
export interface StageComponentOptions {
  readonly folder: StagingFolder;
  readonly channel: Pick<UpdateChannel, "fetchBlob">;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Bytes of the blob that is being fetched, as they come. */
  readonly fetching: (bytes: number) => void;
  /** Says that the delta was of no use, so that the whole component is fetched. */
  readonly fallback: () => void;
}

/**
 * Fetches a component, or a delta that makes it, into the folder. The result is on the disk under its final name, and nothing has it
 * before it was checked.
 *
 * @throws {WindlassError} What {@linkcode UpdateChannel.fetchBlob} throws; `WL_UPDATE_RELEASE_INVALID` if the blob that the
 * release names does not hold the component.
 */
export async function stageComponent(
  step: StagingStep,
  options: StageComponentOptions,
): Promise<StagedSource> {
  const { component, way } = step;
  if (way.kind === "delta") {
    try {
      return await byDelta(component, way.delta, way.base, options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!isDeltaFailure(error)) throw error;
      options.log("warn", "update.delta.failed", { component: component.name, reason: error.message });
      await removeEntry(options.folder.blob(way.delta.sha256));
      options.fallback();
    }
  }
  return await whole(component, options);
}

/** What is wrong with the delta, its blob or its base; a channel that does not have the delta may have the whole component. */
function isDeltaFailure(error: unknown): error is Error {
  return error instanceof DeltaError || error instanceof FrameError ||
    isWindlassError(error, "WL_UPDATE_BLOB_INVALID") || isWindlassError(error, "WL_UPDATE_BLOB_MISSING");
}

async function byDelta(
  component: ReleaseComponent,
  delta: ReleaseDelta,
  base: DeltaBase,
  options: StageComponentOptions,
): Promise<StagedSource> {
  const { folder, signal } = options;
  const blob = await fetchBlob(delta, options);
  const basePath = await folder.passing("base");
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => removeEntry(basePath));
  {
    await using sink = await openRawSink(basePath);
    const content = { id: base.component.id, length: base.component.rawLength };
    await expandFrame({ stored: base.payload.storedStream(base.component.name), content, sink, signal });
  }
  const target = await folder.passing("result");
  cleanup.defer(() => removeEntry(target));
  const { id, length } = component;
  const application = { delta: blob, base: basePath, from: delta.from, result: { id, length }, signal };
  let stored = {};
  if (component.unpack) {
    await using sink = await openRawSink(target);
    await applyDelta({ ...application, sink });
  } else {
    await using sink = await openFrameSink(target);
    await applyDelta({ ...application, sink });
    stored = sink.stored();
  }
  return { path: await finish(target, blob, component, folder), ...stored };
}

async function whole(component: ReleaseComponent, options: StageComponentOptions): Promise<StagedSource> {
  const { folder, signal } = options;
  const blob = await fetchBlob(component.full, options);
  if (!component.unpack) {
    const source = await checkStagedFile(blob, component, signal);
    if (typeof source !== "object") throw await wrongBlob(component, blob);
    return { ...source, path: await finish(blob, undefined, component, folder) };
  }
  const target = await folder.passing("result");
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => removeEntry(target));
  {
    await using sink = await openRawSink(target);
    try {
      await expandFrame({ stored: readPieces(blob, signal), content: component, sink, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FrameError)) throw error;
      throw await wrongBlob(component, blob, error);
    }
    await sink.finish();
  }
  return { path: await finish(target, blob, component, folder) };
}

async function fetchBlob(
  blob: ReleaseBlob,
  { folder, channel, signal, fetching }: StageComponentOptions,
): Promise<string> {
  const path = folder.blob(blob.sha256);
  // It may be left from an earlier run, in any condition.
  if (!await isBlob(path, blob, signal)) {
    await removeEntry(path);
    await channel.fetchBlob({ sha256: blob.sha256, length: blob.length }, path, {
      signal,
      progress: fetching,
    });
  }
  fetching(blob.length);
  return path;
}

/** Gives a checked file its final name, and removes the blob that it was made of. */
async function finish(
  path: string,
  blob: string | undefined,
  component: ReleaseComponent,
  folder: StagingFolder,
): Promise<string> {
  const final = folder.component(component);
  await removeEntry(final); // the present content was checked and is wrong
  await renameFile(path, final);
  await syncFolder(folder.path);
  if (blob !== undefined) await removeEntry(blob);
  return final;
}

async function wrongBlob({ name }: ReleaseComponent, blob: string, cause?: Error): Promise<WindlassError> {
  await removeEntry(blob);
  return new WindlassError(
    "WL_UPDATE_RELEASE_INVALID",
    `Cannot stage component '${name}': the blob that the release names holds something else`,
    cause ? { cause } : {},
  );
}
