import { Updater } from "tuf-js";
import { errorText } from "../../errors/error_text.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import type { ChannelLimits } from "./channel_limits.ts";
import type { ChannelSource } from "./channel_source.ts";
import { METADATA_BASE, MetadataFetcher } from "./metadata_fetcher.ts";
import { shownText } from "./shown_text.ts";
import type { TrustedFolder } from "./trusted_folder.ts";

const EXPIRED = /\b(root|timestamp|snapshot|targets)\.json is expired/;
/** What tuf-js puts before the text of an error that it replaces by another. */
const WRAPPING = /^(Unable to load (snapshot metadata|targets) error )?(\w*Error: )*/;

/** A release.json as signed metadata names it. */
export interface ReleaseReference {
  readonly sha256: string;
  readonly length: number;
}

/** Whom to ask for what, and where trust is kept. */
export interface RefreshOptions {
  readonly folder: TrustedFolder;
  readonly limits: ChannelLimits;
  readonly signal: AbortSignal;
}

/**
 * Brings the trusted metadata up to date from one source, and looks a release up in it. Nothing is taken over before
 * all of it was verified, except a newer root.
 *
 * @throws {WindlassError} `WL_UPDATE_REJECTED`, `WL_UPDATE_EXPIRED`, `WL_UPDATE_NO_RELEASE`, or as the source fails.
 */
export async function refreshMetadata(
  source: ChannelSource,
  target: string,
  { folder, limits, signal }: RefreshOptions,
): Promise<ReleaseReference> {
  await using scratch = await folder.openScratch();
  const fetcher = new MetadataFetcher(source, signal);
  const updater = await openUpdater(scratch.path, { folder, limits, fetcher, source });
  let found;
  try {
    await updater.refresh();
    found = await updater.getTargetInfo(target);
  } catch (error) {
    await folder.adoptRoot(scratch.path);
    signal.throwIfAborted();
    if (isWindlassError(fetcher.failure)) throw fetcher.failure;
    throw unwritten(scratch.path, error) ?? refusal(source.name, error);
  }
  await folder.adopt(scratch.path, source.name);
  if (found === undefined) {
    const name = target.replace(/\.json$/, "");
    const message = `Cannot find a release: the update channel '${source.name}' has none for '${name}'`;
    throw new WindlassError("WL_UPDATE_NO_RELEASE", message);
  }
  const { sha256 } = found.hashes;
  if (sha256 === undefined || found.length > limits.releaseBytes) {
    const state = sha256 === undefined
      ? `it states no SHA-256 of '${target}'`
      : `'${target}' has ${found.length} bytes, more than ${limits.releaseBytes}`;
    throw new WindlassError(
      "WL_UPDATE_REJECTED",
      `Cannot trust the update channel '${source.name}': ${state}`,
    );
  }
  return { sha256, length: found.length };
}

/** A local root that is cut or damaged makes the constructor fail: then the one that the program carries takes over. */
async function openUpdater(
  metadataDir: string,
  { folder, limits, fetcher, source }: Omit<RefreshOptions, "signal"> & {
    readonly fetcher: MetadataFetcher;
    readonly source: ChannelSource;
  },
): Promise<Updater> {
  const open = () =>
    new Updater({
      metadataDir,
      metadataBaseUrl: METADATA_BASE,
      fetcher,
      config: {
        maxRootRotations: limits.rootRotations,
        maxDelegations: 0, // the signers of targets sign for all of them
        rootMaxLength: limits.rootBytes,
        timestampMaxLength: limits.timestampBytes,
        snapshotMaxLength: limits.snapshotBytes,
        targetsMaxLength: limits.targetsBytes,
      },
    });
  try {
    return open();
  } catch {
    await folder.reseed(metadataDir);
  }
  try {
    return open();
  } catch (error) {
    throw refusal(source.name, error);
  }
}

/** tuf-js writes into the scratch copy; a full disk is not the channel's fault. */
function unwritten(scratch: string, error: unknown): WindlassError | null {
  const text = errorText(error);
  const [, reason] = /Failed to persist metadata \S+ error: (?:\w*Error: )*(.*)/.exec(text) ?? [];
  if (reason === undefined) return null;
  return /ENOSPC|EDQUOT/.test(reason)
    ? new WindlassError("WL_NO_SPACE", `Cannot write '${scratch}': the disk is full`, { cause: error })
    : new WindlassError("WL_FILE_NOT_WRITABLE", `Cannot write '${scratch}': ${reason}`, { cause: error });
}

function refusal(channel: string, error: unknown): WindlassError {
  const text = errorText(error);
  const [, expired] = EXPIRED.exec(text) ?? [];
  if (expired !== undefined) {
    const message = `Cannot check for updates: the ${expired} of '${channel}' has expired`;
    return new WindlassError("WL_UPDATE_EXPIRED", message, { cause: error });
  }
  const state = error instanceof SyntaxError || text.includes("SyntaxError: ")
    ? "its metadata is not JSON"
    : shownText(text.replace(WRAPPING, ""));
  const message = `Cannot trust the update channel '${channel}': ${state}`;
  return new WindlassError("WL_UPDATE_REJECTED", message, { cause: error });
}
