/**
 * A channel that signs for itself: a folder as a web server would have it, with the keys at hand. It is valid unless a test says
 * otherwise, so what a test breaks is the only thing that is wrong with it.
 */
import { dirname, join } from "node:path";
import type { Metadata, Root, TargetFile } from "@tufjs/models";
import {
  type AnyMetadata,
  encodeMetadata,
  expiryAfter,
  LIFE_DAYS,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  signMetadata,
  targetFile,
} from "../../scripts/release/channel_metadata.ts";
import { firstRoot, nextRoot, type RootChange } from "../../scripts/release/root_ceremony.ts";
import { type NewKey, newKey, type Signer } from "../../scripts/release/signing_key.ts";
import { sha256 } from "../../src/payload/executable_codec.ts";
import {
  blobPath,
  encodeRelease,
  type ReleaseDocument,
  releaseName,
} from "../../src/update/release/release_document.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";

/** The keys that sign for a channel. `changeRoot` with `keys` changed is a rotation. */
export interface ChannelKeys {
  /** Two of three must sign. */
  root: NewKey[];
  /** One of two must sign; the first one does. */
  targets: NewKey[];
  /** Sign snapshot and timestamp; one must. */
  online: NewKey[];
}

/** How metadata is made, where it should not be as usual. */
export interface PublishOptions {
  /** Keys that sign the targets. @default {[keys.targets[0]]} */
  readonly targetsKeys?: readonly Signer[];
  /** Keys that sign the snapshot. @default {[keys.online[0]]} */
  readonly snapshotKeys?: readonly Signer[];
  /** Keys that sign the timestamp. @default {[keys.online[0]]} */
  readonly timestampKeys?: readonly Signer[];
  /** Days from `now` until it expires; below zero for what has expired. */
  readonly days?: { readonly targets?: number; readonly snapshot?: number; readonly timestamp?: number };
  /** Version numbers. @default one above the last */
  readonly versions?: Partial<ChannelVersions>;
  /** @default the clock */
  readonly now?: Date;
}

/** The numbers in the newest files. */
export interface ChannelVersions {
  targets: number;
  snapshot: number;
  timestamp: number;
}

/** A channel in a temporary folder. */
export interface SignedChannel extends AsyncDisposable {
  /** What a server, a mirror or a `file:` channel hands out. */
  readonly folder: string;
  /** The first root.json: what an executable of this channel carries. */
  readonly root: Uint8Array<ArrayBuffer>;
  readonly keys: ChannelKeys;
  /** Of what was published last. */
  readonly versions: ChannelVersions;
  /** The JSON of the component `update-source` for a channel at that address. */
  updateSource(url: string): string;
  /** Puts bytes at the place of their hash. */
  putBlob(bytes: Uint8Array): Promise<{ readonly sha256: string; readonly length: number }>;
  /** Publishes releases in one version of the metadata, next to releases of other names. Their blobs may be missing. */
  publish(releases: readonly ReleaseDocument[], options?: PublishOptions): Promise<void>;
  /** Publishes any bytes by target names such as `stable.linux-x64.json`. Without files it signs all of them again. */
  publishFiles(files: Readonly<Record<string, Uint8Array>>, options?: PublishOptions): Promise<void>;
  /** Signs snapshot and timestamp again; the targets stay. */
  refresh(options?: PublishOptions): Promise<void>;
  /**
   * Publishes the next root: with the keys that `keys` holds now, signed by all root keys of before and after unless `signers`
   * says otherwise. What other keys have signed stays; `publishFiles({})` signs it again.
   */
  changeRoot(change?: Partial<RootChange> & { readonly signers?: readonly Signer[] }): Promise<void>;
  /** The bytes of metadata with signatures of just these keys. */
  sign(metadata: AnyMetadata, signers: readonly Signer[]): Promise<Uint8Array<ArrayBuffer>>;
  /** A file of the folder, such as `metadata/timestamp.json`. */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Replaces a file of the folder by any bytes. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** A copy of the folder as it is now, for a mirror or for a state to come back to; removed with the channel. */
  copy(): Promise<string>;
}

/** Makes keys, a root that names them, and a folder without releases. */
export async function createSignedChannel(): Promise<SignedChannel> {
  await using owned = new AsyncDisposableStack();
  const temporary = owned.use(await openTemporaryFolder("windlass-channel"));
  const keys: ChannelKeys = {
    root: [newKey(), newKey(), newKey()],
    targets: [newKey(), newKey()],
    online: [newKey()],
  };
  const root = firstRoot({
    expires: expiryAfter(LIFE_DAYS.root, new Date()),
    root: { keys: keys.root, threshold: 2 },
    targets: { keys: keys.targets, threshold: 1 },
    online: { keys: keys.online, threshold: 1 },
  });
  await signMetadata(root, keys.root.slice(0, 2));
  const channel = new TemporaryChannel(temporary.path, root, keys);
  await channel.write("metadata/1.root.json", channel.root);
  const stack = owned.move();
  return Object.assign(channel, { [Symbol.asyncDispose]: () => stack.disposeAsync() });
}

class TemporaryChannel implements Omit<SignedChannel, typeof Symbol.asyncDispose> {
  readonly folder: string;
  readonly root: Uint8Array<ArrayBuffer>;
  readonly keys: ChannelKeys;
  readonly versions: ChannelVersions = { targets: 0, snapshot: 0, timestamp: 0 };
  readonly #base: string;
  readonly #listed = new Map<string, TargetFile>();
  #newestRoot: Metadata<Root>;
  /** The keys that could sign when the newest root was made; they are no longer in it. */
  #rootSigners: readonly Signer[];
  #targets: Uint8Array<ArrayBuffer> = new Uint8Array();
  #copies = 0;

  constructor(base: string, root: Metadata<Root>, keys: ChannelKeys) {
    this.#base = base;
    this.folder = join(base, "channel");
    this.root = encodeMetadata(root);
    this.keys = keys;
    this.#newestRoot = root;
    this.#rootSigners = [...keys.root];
  }

  updateSource(url: string): string {
    return JSON.stringify({ url, root: JSON.parse(new TextDecoder().decode(this.root)) });
  }

  async putBlob(bytes: Uint8Array): Promise<{ readonly sha256: string; readonly length: number }> {
    const digest = sha256(bytes);
    await this.write(blobPath(digest), bytes);
    return { sha256: digest, length: bytes.length };
  }

  async publish(releases: readonly ReleaseDocument[], options: PublishOptions = {}): Promise<void> {
    const files = releases.map((release) =>
      [`${releaseName(release.channel, release.platform)}.json`, encodeRelease(release)] as const
    );
    await this.publishFiles(Object.fromEntries(files), options);
  }

  async publishFiles(
    files: Readonly<Record<string, Uint8Array>>,
    options: PublishOptions = {},
  ): Promise<void> {
    for (const [name, bytes] of Object.entries(files)) {
      this.#listed.set(name, targetFile(name, bytes));
      await this.write(`targets/${sha256(bytes)}.${name}`, bytes);
    }
    const version = this.versions.targets = options.versions?.targets ?? this.versions.targets + 1;
    const expires = this.#expiry(options, "targets", LIFE_DAYS.targets);
    const targets = makeTargets(this.#listed, { version, expires });
    this.#targets = await this.sign(targets, options.targetsKeys ?? this.keys.targets.slice(0, 1));
    await this.write(`metadata/${version}.targets.json`, this.#targets);
    await this.refresh(options);
  }

  async refresh(options: PublishOptions = {}): Promise<void> {
    const { versions } = this;
    versions.snapshot = options.versions?.snapshot ?? versions.snapshot + 1;
    versions.timestamp = options.versions?.timestamp ?? versions.timestamp + 1;
    const snapshot = makeSnapshot(this.#targets, versions.targets, {
      version: versions.snapshot,
      expires: this.#expiry(options, "snapshot", LIFE_DAYS.online),
    });
    const bytes = await this.sign(snapshot, options.snapshotKeys ?? this.keys.online.slice(0, 1));
    await this.write(`metadata/${versions.snapshot}.snapshot.json`, bytes);
    const timestamp = makeTimestamp(bytes, versions.snapshot, {
      version: versions.timestamp,
      expires: this.#expiry(options, "timestamp", LIFE_DAYS.online),
    });
    const signers = options.timestampKeys ?? this.keys.online.slice(0, 1);
    await this.write("metadata/timestamp.json", await this.sign(timestamp, signers));
  }

  async changeRoot(
    change: Partial<RootChange> & { readonly signers?: readonly Signer[] } = {},
  ): Promise<void> {
    const { keys } = this;
    const now = [...keys.root, ...keys.targets, ...keys.online].map(({ keyId }) => keyId);
    const next = nextRoot(this.#newestRoot, {
      expires: expiryAfter(LIFE_DAYS.root, new Date()),
      add: keys,
      revoke: Object.keys(this.#newestRoot.signed.keys).filter((keyId) => !now.includes(keyId)),
      ...change,
    });
    const bytes = await this.sign(next, change.signers ?? [...this.#rootSigners, ...keys.root]);
    await this.write(`metadata/${next.signed.version}.root.json`, bytes);
    this.#newestRoot = next;
    this.#rootSigners = [...keys.root];
  }

  async sign(metadata: AnyMetadata, signers: readonly Signer[]): Promise<Uint8Array<ArrayBuffer>> {
    for (const keyId of Object.keys(metadata.signatures)) delete metadata.signatures[keyId];
    await signMetadata(metadata, signers);
    return encodeMetadata(metadata);
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return await Deno.readFile(join(this.folder, path));
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const target = join(this.folder, path);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeFile(`${target}.new`, bytes);
    await Deno.rename(`${target}.new`, target); // a server never sees half of it
  }

  async copy(): Promise<string> {
    const target = join(this.#base, `copy-${this.#copies++}`);
    await copyFolder(this.folder, target);
    return target;
  }

  #expiry({ now = new Date(), days }: PublishOptions, role: keyof ChannelVersions, usual: number): Date {
    return expiryAfter(days?.[role] ?? usual, now);
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}
