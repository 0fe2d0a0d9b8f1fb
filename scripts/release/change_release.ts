/** Changes to what a channel offers, without new executables. */
import { WindlassError } from "../../src/errors/windlass_error.ts";
import {
  type ChannelName,
  encodeRelease,
  type PlatformName,
  type ReleaseDocument,
  releaseName,
} from "../../src/update/release/release_document.ts";
import { openChannelFolder } from "./channel_folder.ts";
import { commitOnline, type CommitOptions, commitTargets, type OnlineOptions } from "./commit_targets.ts";
import { openForSigning } from "./publish_release.ts";
import { DeltaShop, type MakeDelta } from "./release_deltas.ts";
import { currentRelease, releaseHistory } from "./release_history.ts";

/** Which releases change. */
export interface ReleaseChoice {
  readonly folder: string;
  readonly channel: ChannelName;
  readonly platforms: readonly PlatformName[];
  readonly commit: CommitOptions;
}

/**
 * Offers the newest release to another share of the installations. Those that have it keep it.
 *
 * @throws {WindlassError} `WL_RELEASE_REFUSED` if one of the platforms has no release.
 */
export async function changeRollout(choice: ReleaseChoice, percent: number): Promise<ReleaseDocument[]> {
  using folder = await openChannelFolder(choice.folder);
  const { state } = await openForSigning(folder, choice.commit);
  const documents: ReleaseDocument[] = [];
  for (const platform of choice.platforms) {
    const name = releaseName(choice.channel, platform);
    const current = await currentRelease(folder, state, name) ?? refuse(`'${name}' has no release`);
    documents.push({ ...current, rollout: { ...current.rollout, percent } });
  }
  await commitTargets(folder, state, { ...choice.commit, files: filesOf(documents) });
  return documents;
}

/** What is withdrawn, and for what. */
export interface Withdrawal extends ReleaseChoice {
  /** The version that installations leave. */
  readonly version: string;
  /** The version that they get instead; the folder must still have it. */
  readonly backTo: string;
  /** What users are told. @default the notes of the version that they get */
  readonly notes?: string;
  readonly makeDelta: MakeDelta;
  readonly workDirectory: string;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes an older release the channel's newest one, for everybody at once: newer metadata that points back. With deltas from what
 * is installed now.
 *
 * @throws {WindlassError} `WL_RELEASE_REFUSED` if the folder does not have that release any more, or the channel does not offer
 * the version that is to go.
 */
export async function withdrawRelease(withdrawal: Withdrawal): Promise<ReleaseDocument[]> {
  const { version, backTo, commit } = withdrawal;
  using folder = await openChannelFolder(withdrawal.folder);
  const { state } = await openForSigning(folder, commit);
  const shop = new DeltaShop({ ...withdrawal, folder });
  const documents: ReleaseDocument[] = [];
  for (const platform of withdrawal.platforms) {
    const name = releaseName(withdrawal.channel, platform);
    const current = await currentRelease(folder, state, name);
    if (current?.version !== version) {
      refuse(`'${name}' offers ${current?.version ?? "nothing"}, not ${version}`);
    }
    const history = await releaseHistory(folder, name);
    const old = history.find((document) => document.version === backTo) ??
      refuse(`the folder has no ${backTo} of '${name}'`);
    shop.learn(history);
    const withdrawn = new Set([version, ...current.withdrawn, ...old.withdrawn]);
    withdrawn.delete(backTo);
    documents.push({
      ...old,
      published: (commit.now ?? new Date()).toISOString(),
      notes: withdrawal.notes ?? old.notes,
      rollout: { percent: 100, salt: old.rollout.salt },
      withdrawn: [...withdrawn],
      components: await shop.withDeltas(old.components, history),
    });
  }
  await commitTargets(folder, state, { ...commit, files: filesOf(documents) });
  return documents;
}

/**
 * Signs snapshot and timestamp again before they expire. Needs the online key alone.
 *
 * @returns When the first of root and targets expires, which other keys must renew.
 */
export async function refreshChannel(path: string, options: OnlineOptions): Promise<Date> {
  using folder = await openChannelFolder(path);
  const { root, state } = await openForSigning(folder, options);
  await commitOnline(folder, state, options);
  const expires = [root.signed.expires, state.targets?.metadata.signed.expires ?? root.signed.expires];
  return new Date(Math.min(...expires.map((text) => Date.parse(text))));
}

function filesOf(documents: readonly ReleaseDocument[]): Map<string, Uint8Array> {
  return new Map(
    documents.map((
      document,
    ) => [`${releaseName(document.channel, document.platform)}.json`, encodeRelease(document)]),
  );
}

function refuse(state: string): never {
  throw new WindlassError("WL_RELEASE_REFUSED", `Cannot change the channel: ${state}`);
}
