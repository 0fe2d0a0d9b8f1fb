import { z } from "zod";
import { WindlassError } from "../../errors/windlass_error.ts";

const Version = z.int().nonnegative();
const Versions = z.strictObject({ root: Version, timestamp: Version, snapshot: Version, targets: Version });
const VersionRecord = z.strictObject({
  format: z.literal(1),
  /** SHA-256 of the root.json that the program carried when this was written. */
  seed: z.string(),
  /** Ids of all keys that ever signed roots of this channel, to know the channel by. */
  rootKeys: z.array(z.string()),
  /** Ids of the keys of timestamp and snapshot: their counters start over with other keys. */
  onlineKeys: z.array(z.string()),
  versions: Versions,
});
const Signed = z.object({ signed: z.object({ version: Version }) });
const Role = z.object({ keyids: z.array(z.string()) });
const SignedRoot = z.object({
  signed: z.object({
    version: Version,
    roles: z.object({ root: Role, timestamp: Role, snapshot: Role }),
  }),
});

/** The highest versions of metadata that were ever trusted, kept apart from the metadata. */
export type VersionRecord = z.infer<typeof VersionRecord>;

/** Reads the record; `null` if it is not valid, such as one that was cut by a loss of power. Pure. */
export function parseVersionRecord(text: string): VersionRecord | null {
  try {
    return VersionRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The record of a client that trusts a root and nothing else yet. Pure. */
export function recordOfRoot(root: string, seed: string): VersionRecord {
  const { version, roles } = SignedRoot.parse(JSON.parse(root)).signed;
  return {
    format: 1,
    seed,
    rootKeys: roles.root.keyids.toSorted(),
    onlineKeys: [...new Set([...roles.timestamp.keyids, ...roles.snapshot.keyids])].sort(),
    versions: { root: version, timestamp: 0, snapshot: 0, targets: 0 },
  };
}

/** The version that metadata states of itself. Only for metadata whose signatures were checked. Pure. */
export function versionOf(metadata: string): number {
  return Signed.parse(JSON.parse(metadata)).signed.version;
}

/** Whether two records are of one channel: they share a key that signs roots. Pure. */
export function isSameChannel(one: VersionRecord, other: VersionRecord): boolean {
  return one.rootKeys.some((key) => other.rootKeys.includes(key));
}

/**
 * The record after metadata was trusted. The root never goes back; the others go back only when the keys of timestamp
 * or snapshot were replaced, as after a theft, when the thief may have used up all numbers. Pure.
 *
 * @throws {WindlassError} `WL_UPDATE_REJECTED` when something is older than what was trusted before.
 */
export function raisedRecord(before: VersionRecord, now: VersionRecord, channel: string): VersionRecord {
  const rotated = before.onlineKeys.join() !== now.onlineKeys.join();
  for (const role of ["root", "timestamp", "snapshot", "targets"] as const) {
    const [known, found] = [before.versions[role], now.versions[role]];
    if (found >= known || rotated && role !== "root") continue;
    const state = `its ${role} has version ${found}, and version ${known} was seen before`;
    throw new WindlassError("WL_UPDATE_REJECTED", `Cannot trust the update channel '${channel}': ${state}`);
  }
  const rootKeys = [...new Set([...before.rootKeys, ...now.rootKeys])].sort();
  return { ...now, rootKeys };
}
