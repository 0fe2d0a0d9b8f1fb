/**
 * How root metadata is created: somebody writes it, enough holders of root keys sign it, each where their key is kept, and
 * then it is published. `docs/releasing.md` walks through it.
 */
import type { Metadata, Root } from "@tufjs/models";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import type { ChannelFolder } from "./channel_folder.ts";
import {
  encodeMetadata,
  makeRoot,
  requireSignatures,
  type RoleKeys,
  rootContent,
  signedBytes,
} from "./channel_metadata.ts";
import { commitOnline, type CommitOptions, commitTargets } from "./commit_targets.ts";
import { type PublicKey, shortId, verifySignature } from "./signing_key.ts";

/** The roles whose keys a root names. */
export type RoleName = "root" | "targets" | "online";

/** What becomes different with the next root. */
export interface RootChange {
  readonly expires: Date;
  /** Keys that the roles get. */
  readonly add?: Partial<Record<RoleName, readonly PublicKey[]>>;
  /** Ids of keys, or their first digits, that no role has any more. */
  readonly revoke?: readonly string[];
  readonly thresholds?: Partial<Record<RoleName, number>>;
}

/**
 * The root after that one, without signatures.
 *
 * @throws {WindlassError} `WL_RELEASE_REFUSED` if a key to revoke does not exist, or a role keeps too few keys.
 */
export function nextRoot(current: Metadata<Root>, change: RootChange): Metadata<Root> {
  const content = rootContent(current);
  const known = [...content.root.keys, ...content.targets.keys, ...content.online.keys];
  const revoked = (change.revoke ?? []).map((id) => {
    const ids = new Set(known.map(({ keyId }) => keyId).filter((keyId) => keyId.startsWith(id)));
    const [keyId] = ids;
    if (keyId !== undefined && ids.size === 1) return keyId;
    refuse(`Cannot revoke key '${id}': root version ${content.version} names ${ids.size} of that id`);
  });
  const role = (name: RoleName): RoleKeys => {
    const kept = content[name].keys.filter(({ keyId }) => !revoked.includes(keyId));
    const added = (change.add?.[name] ?? []).filter(({ keyId }) => !kept.some((key) => key.keyId === keyId));
    return { keys: [...kept, ...added], threshold: change.thresholds?.[name] ?? content[name].threshold };
  };
  const next = {
    version: content.version + 1,
    expires: change.expires,
    root: role("root"),
    targets: role("targets"),
    online: role("online"),
  };
  return checkedRoot(next);
}

/**
 * The first root of a channel, without signatures.
 *
 * @throws {WindlassError} `WL_RELEASE_REFUSED` if a role has fewer keys than must sign.
 */
export function firstRoot(content: Omit<Parameters<typeof makeRoot>[0], "version">): Metadata<Root> {
  return checkedRoot({ ...content, version: 1 });
}

/**
 * One root with the signatures of all these copies of it.
 *
 * @throws {WindlassError} `WL_RELEASE_REFUSED` if they are not copies of the same root.
 */
export function mergeRoots(copies: readonly Metadata<Root>[]): Metadata<Root> {
  const [first, ...others] = copies;
  if (first === undefined) refuse("Cannot assemble a root: there is no file");
  for (const other of others) {
    if (!first.signed.equals(other.signed)) refuse("Cannot assemble a root: the files hold different ones");
    Object.assign(first.signatures, other.signatures);
  }
  return first;
}

/** Of these keys, those whose valid signature the root has. */
export function signersOf(root: Metadata<Root>, keys: readonly PublicKey[]): PublicKey[] {
  const bytes = signedBytes(root);
  return keys.filter(({ keyId, publicHex }) => {
    const signature = root.signatures[keyId];
    return signature !== undefined && verifySignature(publicHex, bytes, Uint8Array.fromHex(signature.sig));
  });
}

/**
 * Publishes a signed root. Where keys of releases or of the online metadata change with it, the content of the channel is signed again
 * with the keys given, so that clients of the new root find all of it valid.
 *
 * Only what the folder held under the previous root is signed again: after a theft, take your own copy of the folder.
 *
 * @throws {WindlassError} `WL_RELEASE_SIGNATURES_MISSING` if too few keys of the root before, or of its own, have signed it,
 * or the keys given are not those that it names; nothing has been written then. `WL_RELEASE_REFUSED` if it is not the next one.
 */
export async function publishRoot(
  folder: ChannelFolder,
  root: Metadata<Root>,
  options: CommitOptions,
): Promise<void> {
  const { version } = root.signed;
  const before = (await folder.readRoots()).filter((other) => other.signed.version < version);
  const there = (await folder.readRoots()).at(version - 1);
  if (there !== undefined && !there.signed.equals(root.signed)) {
    refuse(`Cannot publish root version ${version}: the channel has another one of that version`);
  }
  if (before.length !== version - 1) {
    refuse(`Cannot publish root version ${version}: the channel has none of version ${version - 1}`);
  }
  const current = before.at(-1) ?? root;
  requireSignatures(current, "root", root);
  requireSignatures(root, "root", root);
  if (version === 1) return await folder.write("metadata/1.root.json", encodeMetadata(root));

  // A publish that was cut off between root and timestamp left metadata of the root before.
  const state = await folder.readState(current).catch((error) => {
    if (there === undefined) throw error;
    return folder.readState(root);
  });
  if (state.targets !== undefined && !isSignedFor(root, state.targets.metadata)) {
    await commitTargets(folder, state, { ...options, newRoot: root, files: new Map() });
  } else {
    await commitOnline(folder, state, { ...options, newRoot: root });
  }
}

function isSignedFor(root: Metadata<Root>, targets: Parameters<typeof requireSignatures>[2]): boolean {
  try {
    requireSignatures(root, "targets", targets);
    return true;
  } catch {
    return false;
  }
}

function checkedRoot(content: Parameters<typeof makeRoot>[0]): Metadata<Root> {
  for (const name of ["root", "targets", "online"] as const) {
    const { keys, threshold } = content[name];
    if (keys.length >= threshold && threshold >= 1) continue;
    refuse(
      `Cannot make root version ${content.version}: ${threshold} of ${keys.length} ${name} keys cannot sign`,
    );
  }
  const twice = content.root.keys.find(({ keyId }) =>
    [...content.targets.keys, ...content.online.keys].some((key) => key.keyId === keyId)
  );
  if (twice) refuse(`Cannot make root version ${content.version}: key ${shortId(twice)} is for root alone`);
  return makeRoot(content);
}

function refuse(message: string): never {
  throw new WindlassError("WL_RELEASE_REFUSED", message);
}
