import { WindlassError } from "../../errors/windlass_error.ts";

/** `<channel>.<platform>`. Strict, because file names are made of it. */
const RELEASE_NAME = /^[a-z0-9]{1,32}\.[a-z0-9]{1,32}-[a-z0-9]{1,32}$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** One step of a path that a channel can have: no `..`, no separator, nothing that a file system takes otherwise. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** What is asked for while metadata is brought up to date. */
const METADATA_NAME = /^(timestamp|[1-9]\d{0,9}\.(root|snapshot|targets))\.json$/;

/** Whether that is a path within a channel folder and cannot lead out of it, on any file system. Pure. */
export function isChannelPath(path: string): boolean {
  return path.split("/").every((segment) => SEGMENT.test(segment) && !segment.endsWith("."));
}

/** Where metadata lies in the channel folder; `null` for a name that no metadata has. Pure. */
export function metadataPath(name: string): string | null {
  return METADATA_NAME.test(name) ? `metadata/${name}` : null;
}

/** The target's name of a release, such as `stable.linux-x64.json`. Pure. */
export function releaseTarget(name: string): string {
  if (RELEASE_NAME.test(name)) return `${name}.json`;
  throw new WindlassError(
    "WL_UPDATE_NO_RELEASE",
    `Cannot look for a release: '${name}' is not the name of one`,
  );
}

/** Where a release.json lies in the channel folder. Pure. */
export function releasePath(target: string, sha256: string): string {
  return `targets/${requireSha256(sha256)}.${target}`;
}

/** Where a blob lies in the channel folder. Pure. */
export function blobPath(sha256: string): string {
  return `blobs/sha256/${requireSha256(sha256).slice(0, 2)}/${sha256}`;
}

function requireSha256(sha256: string): string {
  if (SHA256.test(sha256)) return sha256;
  throw new WindlassError("WL_UPDATE_BLOB_INVALID", `Cannot fetch '${sha256}': that is not a SHA-256`);
}
