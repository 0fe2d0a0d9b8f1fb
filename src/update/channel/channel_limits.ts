/** Every limit of reading a channel, with its unit and reason. */
export const CHANNEL_LIMITS = {
  /** Bytes of a root.json: ours has 2 KB; a root of many keys and signatures stays far below. */
  rootBytes: 256 * 1024,
  /** Bytes of a timestamp.json: ours has 500. */
  timestampBytes: 16 * 1024,
  /** Bytes of a snapshot.json, if the timestamp does not say: ours has 500. */
  snapshotBytes: 256 * 1024,
  /** Bytes of a targets.json, if the snapshot does not say: a target for each channel and platform, 300 bytes each. */
  targetsBytes: 256 * 1024,
  /** Bytes of a release.json, as its format says. */
  releaseBytes: 256 * 1024,
  /** Versions of the root that one check may walk through: one a month for 20 years. */
  rootRotations: 240,
  /** Redirects of one request: a mirror network uses one or two. */
  redirects: 5,
  /** Milliseconds until a source has answered, name look-up and TLS included. */
  responseMilliseconds: 30_000,
  /** Milliseconds without a byte, after which a transfer counts as stalled: a line that lives resends within this. */
  stallMilliseconds: 30_000,
  /** Milliseconds over which the pace of a transfer is measured: long enough to tolerate a bad minute. */
  paceMilliseconds: 60_000,
  /** Bytes in that time that are too few: at 1 KiB a second, 10 MB already take three hours. */
  paceBytes: 60 * 1024,
  /** Bytes that a connection which broke must have brought to count as progress; otherwise a source could continue forever. */
  progressBytes: 64 * 1024,
  /** Connections in a row to one source without that progress, until the next source is asked. */
  triesWithoutProgress: 2,
  /** Milliseconds before a connection that broke is made again: a router that restarts takes as long. */
  retryMilliseconds: 1_000,
  /** Entries of a bundle: metadata, one release and its blobs are a few dozen. */
  bundleEntries: 10_000,
} as const;

/** {@linkcode CHANNEL_LIMITS}, or other numbers in their place. */
export type ChannelLimits = { readonly [Name in keyof typeof CHANNEL_LIMITS]: number };
