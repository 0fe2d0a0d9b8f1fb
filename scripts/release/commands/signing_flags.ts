import { LIFE_DAYS } from "../channel_metadata.ts";
import type { CommitOptions, OnlineOptions } from "../commit_targets.ts";
import { readSigner, type Signer } from "../signing_key.ts";
import type { ReleaseInput } from "./command.ts";

/** Longer than metadata of releases should count, in days. */
const MOST_DAYS = 1_000;

/** Flags of commands that renew the online metadata. */
export const ONLINE_FLAGS = { "online-key": "many", "online-days": "one" } as const;
/** Flags of commands that sign releases. */
export const SIGNING_FLAGS = { "targets-key": "many", "targets-days": "one", ...ONLINE_FLAGS } as const;

/** What a command line says about the keys of snapshot and timestamp. */
export async function onlineOptions(input: ReleaseInput): Promise<OnlineOptions> {
  return {
    onlineKeys: await signers(input, "online-key"),
    onlineDays: input.whole("online-days", { least: 1, most: MOST_DAYS, usual: LIFE_DAYS.online }),
  };
}

/** What a command line says about all keys that sign a release. */
export async function commitOptions(input: ReleaseInput): Promise<CommitOptions> {
  return {
    ...await onlineOptions(input),
    targetsKeys: await signers(input, "targets-key"),
    targetsDays: input.whole("targets-days", { least: 1, most: MOST_DAYS, usual: LIFE_DAYS.targets }),
  };
}

async function signers(input: ReleaseInput, flag: string): Promise<Signer[]> {
  return await Promise.all(input.many(flag).map(readSigner));
}
