import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import { sleep } from "../../timing/sleep.ts";
import type { ChannelLimits } from "./channel_limits.ts";
import { blobPath } from "./channel_path.ts";
import type { ChannelSource } from "./channel_source.ts";
import type { PartFile } from "./part_file.ts";
import type { BlobReference, FetchBlobOptions } from "./channel.ts";

/** How to download, and within which limits. */
export interface DownloadOptions extends FetchBlobOptions {
  readonly limits: ChannelLimits;
}

/**
 * Brings a part up to the whole blob from one source, over as many connections as bring it forward.
 *
 * @throws {WindlassError} `WL_UPDATE_BLOB_INVALID` when the source sent other bytes, `WL_UPDATE_BLOB_MISSING` when it has none,
 * `WL_UPDATE_UNREACHABLE` or `WL_UPDATE_STALLED` when it does not continue; what came then stays in the part.
 */
export async function downloadBlob(
  source: ChannelSource,
  blob: BlobReference,
  part: PartFile,
  options: DownloadOptions,
): Promise<void> {
  const { signal, limits } = options;
  for (let fruitless = 0;;) {
    const before = part.length;
    try {
      if (part.length < blob.length) await transfer(source, blob, part, options);
    } catch (error) {
      signal.throwIfAborted();
      if (!isInterruption(error)) throw error;
      fruitless = part.length - before >= limits.progressBytes ? 0 : fruitless + 1;
      if (fruitless === limits.triesWithoutProgress) throw error;
      await sleep(limits.retryMilliseconds, signal);
      continue;
    }
    if (part.isRight()) return;
    // Bytes of an earlier run or of another source may be what is wrong: once more, all from this one.
    const isItsFault = part.isAllFrom(source.name);
    await part.restart();
    options.progress?.(0);
    if (isItsFault) throw invalid(source, blob, "the content is wrong");
  }
}

function isInterruption(error: unknown): boolean {
  return isWindlassError(error, "WL_UPDATE_UNREACHABLE") || isWindlassError(error, "WL_UPDATE_STALLED");
}

async function transfer(
  source: ChannelSource,
  blob: BlobReference,
  part: PartFile,
  { signal, progress }: DownloadOptions,
): Promise<void> {
  const path = blobPath(blob.sha256);
  const from = part.resumePoint(source.name);
  await using file = await source.open(path, { signal, ...(from === undefined ? {} : { from }) });
  if (file === null) throw missing(source, path);
  if (file.offset !== part.length) await part.restart();
  if (file.length !== undefined && file.length !== blob.length) {
    throw invalid(source, blob, `it has ${file.length} bytes there, not ${blob.length}`);
  }
  await part.continueFrom(source.name, file.validator);
  progress?.(part.length);
  for (let bytes = await file.read(); bytes !== null; bytes = await file.read()) {
    if (part.length + bytes.length > blob.length) {
      await part.restart();
      throw invalid(source, blob, `more than ${blob.length} bytes came`);
    }
    await part.append(bytes);
    progress?.(part.length);
  }
  if (part.length < blob.length) {
    throw unreachable(source, `'${path}' ended after ${part.length} of ${blob.length} bytes`);
  }
}

function unreachable(source: ChannelSource, state: string): WindlassError {
  return new WindlassError(
    "WL_UPDATE_UNREACHABLE",
    `Cannot reach the update channel '${source.name}': ${state}`,
  );
}

function missing(source: ChannelSource, path: string): WindlassError {
  return new WindlassError(
    "WL_UPDATE_BLOB_MISSING",
    `Cannot fetch from '${source.name}': there is no '${path}'`,
  );
}

function invalid(source: ChannelSource, blob: BlobReference, state: string): WindlassError {
  const message = `Cannot use what '${source.name}' has as '${blobPath(blob.sha256)}': ${state}`;
  return new WindlassError("WL_UPDATE_BLOB_INVALID", message);
}
