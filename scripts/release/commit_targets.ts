import type { Metadata, Root, TargetFile } from "@tufjs/models";
import type { ChannelFolder, ChannelState, CurrentTargets } from "./channel_folder.ts";
import {
  encodeMetadata,
  expiryAfter,
  LIFE_DAYS,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  requireSignatures,
  signMetadata,
  targetFile,
} from "./channel_metadata.ts";
import type { Signer } from "./signing_key.ts";

/** The signer of snapshot and timestamp, and for how long it signs. */
export interface OnlineOptions {
  readonly onlineKeys: readonly Signer[];
  /** @default {LIFE_DAYS.online} */
  readonly onlineDays?: number;
  readonly now?: Date;
  /** A root that the folder does not have yet: its keys count, and it is written right before the timestamp. */
  readonly newRoot?: Metadata<Root>;
}

/** The signers of a release, and for how long they sign. */
export interface CommitOptions extends OnlineOptions {
  readonly targetsKeys: readonly Signer[];
  /** @default {LIFE_DAYS.targets} */
  readonly targetsDays?: number;
}

/**
 * Makes these files, by their names, the newest of the channel in addition to its others. The blobs that they name must be in the
 * folder. Until the last step every client sees what it saw before; that step is one rename.
 *
 * @throws {WindlassError} `WL_RELEASE_SIGNATURES_MISSING` if the keys are not those of the root, before anything is written.
 */
export async function commitTargets(
  folder: ChannelFolder,
  state: ChannelState,
  options: CommitOptions & { readonly files: ReadonlyMap<string, Uint8Array> },
): Promise<void> {
  const { now = new Date(), files } = options;
  const listed = new Map<string, TargetFile>(Object.entries(state.targets?.metadata.signed.targets ?? {}));
  for (const [name, bytes] of files) listed.set(name, targetFile(name, bytes));
  const version = state.versions.targets + 1;
  const expires = expiryAfter(options.targetsDays ?? LIFE_DAYS.targets, now);
  const metadata = makeTargets(listed, { version, expires });
  await signMetadata(metadata, options.targetsKeys);
  requireSignatures(options.newRoot ?? state.root, "targets", metadata);
  const bytes = encodeMetadata(metadata);
  const online = await signOnline(state, { metadata, bytes }, options);
  for (const [name, content] of files) await folder.write(targetPath(name, content), content);
  await folder.write(`metadata/${version}.targets.json`, bytes);
  await writeOnline(folder, online, options);
}

/**
 * Signs snapshot and timestamp again, so that clients continue to trust the channel. Does nothing to a channel without
 * releases, except for writing the new root.
 *
 * @throws {WindlassError} as {@linkcode commitTargets}.
 */
export async function commitOnline(
  folder: ChannelFolder,
  state: ChannelState,
  options: OnlineOptions,
): Promise<void> {
  if (state.targets === undefined) return await writeRoot(folder, options);
  await writeOnline(folder, await signOnline(state, state.targets, options), options);
}

/** Where a channel with consistent snapshots keeps a target. */
export function targetPath(name: string, bytes: Uint8Array): string {
  return `targets/${targetFile(name, bytes).hashes.sha256}.${name}`;
}

interface OnlineFiles {
  readonly version: number;
  readonly snapshot: Uint8Array;
  readonly timestamp: Uint8Array;
}

async function signOnline(
  state: ChannelState,
  targets: Omit<CurrentTargets, "snapshot">,
  options: OnlineOptions,
): Promise<OnlineFiles> {
  const { now = new Date(), onlineKeys, newRoot: root = state.root } = options;
  const expires = expiryAfter(options.onlineDays ?? LIFE_DAYS.online, now);
  const version = state.versions.snapshot + 1;
  const snapshot = makeSnapshot(targets.bytes, targets.metadata.signed.version, { version, expires });
  await signMetadata(snapshot, onlineKeys);
  requireSignatures(root, "snapshot", snapshot);
  const bytes = encodeMetadata(snapshot);
  const timestamp = makeTimestamp(bytes, version, { version: state.versions.timestamp + 1, expires });
  await signMetadata(timestamp, onlineKeys);
  requireSignatures(root, "timestamp", timestamp);
  return { version, snapshot: bytes, timestamp: encodeMetadata(timestamp) };
}

async function writeOnline(folder: ChannelFolder, files: OnlineFiles, options: OnlineOptions): Promise<void> {
  await folder.write(`metadata/${files.version}.snapshot.json`, files.snapshot);
  await writeRoot(folder, options);
  await folder.write("metadata/timestamp.json", files.timestamp);
}

async function writeRoot(folder: ChannelFolder, { newRoot }: OnlineOptions): Promise<void> {
  if (newRoot === undefined) return;
  await folder.write(`metadata/${newRoot.signed.version}.root.json`, encodeMetadata(newRoot));
}
