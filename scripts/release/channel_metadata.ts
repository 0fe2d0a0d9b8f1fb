/**
 * The four kinds of metadata that sign a channel: made, signed and checked. The signer of each is listed in
 * `src/update/PROCESS.md`. No files here; `channel_folder.ts` knows their paths.
 */
import { canonicalize } from "@tufjs/canonical-json";
import {
  Metadata,
  MetadataKind,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from "@tufjs/models";
import { errorText } from "../../src/errors/error_text.ts";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { sha256 } from "../../src/payload/executable_codec.ts";
import { type PublicKey, publicKeyContent, type Signer } from "./signing_key.ts";

const SPECIFICATION = "1.0.31";
const DAY_MILLISECONDS = 24 * 60 * 60_000;

/** How long each kind counts, in days, unless the command says otherwise. */
export const LIFE_DAYS = {
  /** Made offline by several people, so rarely. */
  root: 730,
  /** Made offline with each release. */
  targets: 365,
  /** Both are renewed by a machine every day or week; this is how long a hostile mirror can hold updates back. */
  online: 14,
} as const;

/** The keys of a role, and how many of them must sign. */
export interface RoleKeys {
  readonly keys: readonly PublicKey[];
  readonly threshold: number;
}

/** What root metadata says. */
export interface RootContent {
  readonly version: number;
  readonly expires: Date;
  readonly root: RoleKeys;
  readonly targets: RoleKeys;
  /** Signs snapshot and timestamp. */
  readonly online: RoleKeys;
}

/** Any of the four. */
export type AnyMetadata = Metadata<Root> | Metadata<Targets> | Metadata<Snapshot> | Metadata<Timestamp>;

/** The moment `days` after `now`. */
export function expiryAfter(days: number, now: Date): Date {
  return new Date(now.getTime() + days * DAY_MILLISECONDS);
}

/** Root metadata without signatures. */
export function makeRoot(content: RootContent): Metadata<Root> {
  const { version, expires, root, targets, online } = content;
  const keys = [...root.keys, ...targets.keys, ...online.keys];
  const role = (of: RoleKeys) => ({ keyids: of.keys.map(({ keyId }) => keyId), threshold: of.threshold });
  return new Metadata(Root.fromJSON({
    _type: MetadataKind.Root,
    spec_version: SPECIFICATION,
    version,
    expires: timeText(expires),
    consistent_snapshot: true,
    keys: Object.fromEntries(keys.map(({ keyId, publicHex }) => [keyId, publicKeyContent(publicHex)])),
    roles: { root: role(root), targets: role(targets), snapshot: role(online), timestamp: role(online) },
  }));
}

/** What the metadata was made of. */
export function rootContent({ signed }: Metadata<Root>): RootContent {
  const role = (name: string): RoleKeys => {
    const { keyIDs = [], threshold = 1 } = signed.roles[name] ?? {};
    return {
      threshold,
      keys: keyIDs.map((keyId) => ({ keyId, publicHex: signed.keys[keyId]?.keyVal.public ?? "" })),
    };
  };
  return {
    version: signed.version,
    expires: new Date(signed.expires),
    root: role("root"),
    targets: role("targets"),
    online: role("timestamp"),
  };
}

/** Version and end of life of metadata that is to be made. */
export interface MetadataTerm {
  readonly version: number;
  readonly expires: Date;
}

/** Targets metadata that lists these files by their names. */
export function makeTargets(files: ReadonlyMap<string, TargetFile>, term: MetadataTerm): Metadata<Targets> {
  return new Metadata(new Targets({ ...signedTerm(term), targets: Object.fromEntries(files) }));
}

/** The entry of a file in targets metadata. */
export function targetFile(path: string, bytes: Uint8Array): TargetFile {
  return new TargetFile({ path, length: bytes.length, hashes: { sha256: sha256(bytes) } });
}

/** Snapshot metadata for that targets file. */
export function makeSnapshot(targets: Uint8Array, version: number, term: MetadataTerm): Metadata<Snapshot> {
  return new Metadata(
    new Snapshot({ ...signedTerm(term), meta: { "targets.json": metaFile(targets, version) } }),
  );
}

/** Timestamp metadata for that snapshot file. */
export function makeTimestamp(
  snapshot: Uint8Array,
  version: number,
  term: MetadataTerm,
): Metadata<Timestamp> {
  return new Metadata(new Timestamp({ ...signedTerm(term), snapshotMeta: metaFile(snapshot, version) }));
}

/** The bytes that signatures are made of. */
export function signedBytes(metadata: AnyMetadata): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalize(metadata.signed.toJSON()));
}

/** Adds a signature of each of them. */
export async function signMetadata(metadata: AnyMetadata, signers: readonly Signer[]): Promise<void> {
  const bytes = signedBytes(metadata);
  for (const signer of signers) {
    const sig = (await signer.sign(bytes)).toHex();
    metadata.signatures[signer.keyId] = new Signature({ keyID: signer.keyId, sig });
  }
}

/** The file's bytes. */
export function encodeMetadata(metadata: AnyMetadata): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(metadata.toJSON(), null, 1)}\n`);
}

interface KindOf {
  readonly root: Metadata<Root>;
  readonly targets: Metadata<Targets>;
  readonly snapshot: Metadata<Snapshot>;
  readonly timestamp: Metadata<Timestamp>;
}

/**
 * Reads a metadata file; signatures are not checked.
 *
 * @throws {WindlassError} `WL_RELEASE_FOLDER_DAMAGED` if it is not metadata of that role.
 */
export function decodeMetadata<K extends keyof KindOf>(role: K, bytes: Uint8Array): KindOf[K] {
  try {
    // The overloads of the library name one kind each; the kind is what `role` says.
    const kind = role as MetadataKind.Root;
    return Metadata.fromJSON(kind, JSON.parse(new TextDecoder().decode(bytes))) as unknown as KindOf[K];
  } catch (cause) {
    const reason = errorText(cause);
    throw new WindlassError("WL_RELEASE_FOLDER_DAMAGED", `Cannot read the ${role} metadata: ${reason}`, {
      cause,
    });
  }
}

/**
 * Checks that as many keys of the role as `root` asks for have signed.
 *
 * @throws {WindlassError} `WL_RELEASE_SIGNATURES_MISSING`.
 */
export function requireSignatures(root: Metadata<Root>, role: keyof KindOf, metadata: AnyMetadata): void {
  try {
    root.verifyDelegate(role, metadata as Metadata<Root>);
  } catch (cause) {
    const { threshold = 1, keyIDs = [] } = root.signed.roles[role] ?? {};
    const needs = `${threshold} of the ${keyIDs.length} keys that root version ${root.signed.version} names`;
    throw new WindlassError(
      "WL_RELEASE_SIGNATURES_MISSING",
      `Cannot accept the ${role} metadata: it needs valid signatures of ${needs}`,
      { cause },
    );
  }
}

/**
 * Checks that these keys can sign for a role, before the work is done that they are to sign.
 *
 * @throws {WindlassError} `WL_RELEASE_SIGNATURES_MISSING`.
 */
export function requireKeys(root: Metadata<Root>, role: keyof KindOf, keys: readonly PublicKey[]): void {
  const { threshold = 1, keyIDs = [] } = root.signed.roles[role] ?? {};
  const able = new Set(keys.map(({ keyId }) => keyId).filter((keyId) => keyIDs.includes(keyId)));
  if (able.size >= threshold) return;
  const needs =
    `it needs ${threshold} of the ${keyIDs.length} keys that root version ${root.signed.version} names`;
  throw new WindlassError(
    "WL_RELEASE_SIGNATURES_MISSING",
    `Cannot sign the ${role} metadata: ${needs}, and ${able.size} of them were given`,
  );
}

function metaFile(bytes: Uint8Array, version: number): MetaFile {
  return new MetaFile({ version, length: bytes.length, hashes: { sha256: sha256(bytes) } });
}

function signedTerm({ version, expires }: MetadataTerm) {
  return { version, specVersion: SPECIFICATION, expires: timeText(expires) };
}

/** The specification's form of a time has no fractions of a second. */
function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
