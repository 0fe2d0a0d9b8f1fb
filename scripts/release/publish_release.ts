import { basename, join } from "node:path";
import type { Metadata, Root } from "@tufjs/models";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import {
  type ChannelName,
  encodeRelease,
  type PlatformName,
  PLATFORMS,
  type ReleaseComponent,
  type ReleaseDocument,
  releaseName,
  UPDATER_LEVEL,
} from "../../src/update/release/release_document.ts";
import { compareVersions } from "../../src/update/release/version_order.ts";
import { type ChannelFolder, type ChannelState, openChannelFolder } from "./channel_folder.ts";
import { requireKeys } from "./channel_metadata.ts";
import { type CodeSigning, signCode } from "./code_signing.ts";
import { type CommitOptions, commitTargets } from "./commit_targets.ts";
import { storeComponents } from "./release_components.ts";
import { keepsWayBack } from "./release_checks.ts";
import { DeltaShop, type MakeDelta } from "./release_deltas.ts";
import { currentRelease, releaseHistory } from "./release_history.ts";

/** What a release is, apart from its bytes. */
export interface ReleaseText {
  readonly channel: ChannelName;
  readonly version: string;
  readonly severity: ReleaseDocument["severity"];
  readonly notes: string;
  readonly notesUrl?: string;
  /** Percentage of the installations that are offered it at first. */
  readonly rollout: number;
  /** Versions that installations leave for this one. */
  readonly withdrawn: readonly string[];
  /** Version of dockerd in the engine. */
  readonly dockerd: string;
  /** Whether the version before can read the data afterwards. Never so with another major of dockerd. */
  readonly undo: boolean;
}

/** A release to publish. */
export interface PublishRequest extends ReleaseText {
  /** The channel folder. */
  readonly folder: string;
  /** The executables that were built, by platform; they are not changed. */
  readonly executables: Partial<Readonly<Record<PlatformName, string>>>;
  readonly codeSigning: CodeSigning;
  readonly commit: CommitOptions;
  readonly makeDelta: MakeDelta;
  /** Empty, with room for both executables and two unpacked copies of each large component. */
  readonly workDirectory: string;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Publishes one version for one or more platforms, in one step that clients see. Until then, and after a crash at any point,
 * they see what they saw before; the same call again finishes the work.
 *
 * @returns The documents that clients get from now on; those of the channel if it has this release already.
 * @throws {WindlassError} `WL_RELEASE_REFUSED` if the version is not newer than the channel's, or an executable is damaged;
 * `WL_RELEASE_BUSY`, `WL_RELEASE_SIGNATURES_MISSING`, `WL_RELEASE_CODE_SIGNING_FAILED`.
 */
export async function publishRelease(request: PublishRequest): Promise<ReleaseDocument[]> {
  using folder = await openChannelFolder(request.folder);
  const { root, state } = await openForSigning(folder, request.commit);
  const platforms = PLATFORMS.filter((platform) => request.executables[platform] !== undefined);
  const shop = new DeltaShop({ ...request, folder });
  const files = new Map<string, Uint8Array>();
  const documents: ReleaseDocument[] = [];
  for (const platform of platforms) {
    const name = releaseName(request.channel, platform);
    const current = await currentRelease(folder, state, name);
    requireNewer(request.version, current);
    request.progress(`Storing ${basename(request.executables[platform] ?? "")}`);
    const { executable, components } = await storeExecutable(folder, platform, request);
    if (current?.version === request.version) {
      requireSame(current, components);
      documents.push(current);
      continue;
    }
    const history = await releaseHistory(folder, name);
    shop.learn(history);
    const undo = keepsWayBack(request, current);
    if (undo !== request.undo) request.progress(noWayBack(request, platform, current));
    const document: ReleaseDocument = {
      ...newDocument({ ...request, undo }, platform, current),
      executable,
      components: await shop.withDeltas(components, history),
    };
    files.set(`${name}.json`, encodeRelease(document));
    documents.push(document);
  }
  request.signal?.throwIfAborted();
  if (files.size > 0) await commitTargets(folder, { ...state, root }, { ...request.commit, files });
  return documents;
}

/**
 * Reads the newest root and what it signs, for a command that signs with these keys.
 *
 * @throws {WindlassError} `WL_RELEASE_SIGNATURES_MISSING` if they are not the keys that the root asks for;
 * `WL_RELEASE_REFUSED` if there is no root.
 */
export async function openForSigning(
  folder: ChannelFolder,
  commit: Pick<CommitOptions, "onlineKeys"> & Partial<CommitOptions>,
): Promise<{ root: Metadata<Root>; state: ChannelState }> {
  const root = (await folder.readRoots()).at(-1);
  if (root === undefined) {
    throw new WindlassError(
      "WL_RELEASE_REFUSED",
      `Cannot publish into '${folder.path}': it has no root; begin with 'root new'`,
    );
  }
  if (commit.targetsKeys !== undefined) requireKeys(root, "targets", commit.targetsKeys);
  requireKeys(root, "timestamp", commit.onlineKeys);
  return { root, state: await folder.readState(root) };
}

/** A copy of the executable is signed and stored as a whole and in its components. */
async function storeExecutable(
  folder: ChannelFolder,
  platform: PlatformName,
  request: PublishRequest,
): Promise<Pick<ReleaseDocument, "executable" | "components">> {
  const source = request.executables[platform] ?? "";
  const copy = join(request.workDirectory, basename(source));
  await Deno.copyFile(source, copy);
  if (platform === "windows-x64") await signCode(copy, request.codeSigning, request.signal);
  const components = await storeComponents(folder, copy, request.workDirectory);
  const executable = await folder.putBlob(copy);
  await Deno.remove(copy);
  return { executable, components };
}

function newDocument(
  request: PublishRequest,
  platform: PlatformName,
  current: ReleaseDocument | undefined,
): Omit<ReleaseDocument, "executable" | "components"> {
  const { channel, version, severity, notes, notesUrl, rollout, dockerd, undo, commit } = request;
  // Installations of a withdrawn version must move on to any later one.
  const withdrawn = new Set([...request.withdrawn, ...current?.withdrawn ?? []]);
  withdrawn.delete(version);
  return {
    format: 1,
    product: "windlass",
    channel,
    platform,
    version,
    published: (commit.now ?? new Date()).toISOString(),
    minimumUpdater: UPDATER_LEVEL,
    severity,
    notes,
    ...(notesUrl === undefined ? {} : { notesUrl }),
    rollout: { percent: rollout, salt: `${channel}-${version}` },
    withdrawn: [...withdrawn],
    dockerd,
    undo,
  };
}

function noWayBack(
  { dockerd }: PublishRequest,
  platform: PlatformName,
  current: ReleaseDocument | undefined,
): string {
  return `No way back from this release for ${platform}: dockerd ${dockerd} follows ${current?.dockerd}`;
}

function requireNewer(version: string, current: ReleaseDocument | undefined): void {
  if (current?.withdrawn.includes(version)) {
    throw new WindlassError("WL_RELEASE_REFUSED", `Cannot publish ${version}: it has been withdrawn`, {
      remedy: "Give the release a version of its own in src/version.ts.",
    });
  }
  if (current === undefined || compareVersions(version, current.version) >= 0) return;
  const has = `${current.channel} has ${current.version} for ${current.platform}`;
  throw new WindlassError("WL_RELEASE_REFUSED", `Cannot publish ${version}: ${has}`, {
    remedy: "Use 'withdraw' to lead installations back to an older version.",
  });
}

/** Signatures of code differ each time, so only the components show whether it is the same release. */
function requireSame(current: ReleaseDocument, components: readonly ReleaseComponent[]): void {
  const ids = (list: readonly ReleaseComponent[]) => list.map(({ name, id }) => `${name} ${id}`).join("\n");
  if (ids(current.components) === ids(components)) return;
  const has = `${current.channel} has another ${current.version} for ${current.platform}`;
  throw new WindlassError("WL_RELEASE_REFUSED", `Cannot publish ${current.version}: ${has}`, {
    remedy: "Give the release a version of its own in src/version.ts.",
  });
}
