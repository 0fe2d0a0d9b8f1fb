import { canonicalize } from "@tufjs/canonical-json";
import {
  Key,
  Metadata,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from "@tufjs/models";
import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { join } from "node:path";

const SPECIFICATION = "1.0.31";
const DAY = 86_400_000;

/** A key as a role's holder has it. */
export interface SigningKey {
  readonly id: string;
  readonly key: Key;
  readonly sign: (bytes: Buffer) => Signature;
}

/** The keys of each role and how many of them must sign. */
export interface ChannelKeys {
  readonly root: readonly SigningKey[];
  readonly rootThreshold: number;
  readonly targets: readonly SigningKey[];
  readonly targetsThreshold: number;
  /** Signs snapshot and timestamp. */
  readonly online: readonly SigningKey[];
}

/** What all metadata has; each member can be wrong on purpose. */
export interface SignOptions {
  readonly version: number;
  /** @default those of the role */
  readonly signers?: readonly SigningKey[];
  /** @default in a week */
  readonly expires?: Date;
  /** Writes nothing, for metadata that is to lie elsewhere. @default {true} */
  readonly write?: boolean;
}

/** A new ed25519 key. */
export function createSigningKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const hex = Buffer.from(publicKey.export({ format: "jwk" }).x!, "base64url").toString("hex");
  const body = { keytype: "ed25519", scheme: "ed25519", keyval: { public: hex } };
  const id = createHash("sha256").update(canonicalize(body)).digest("hex");
  return {
    id,
    key: new Key({ keyID: id, keyType: "ed25519", scheme: "ed25519", keyVal: { public: hex } }),
    sign: (bytes) => new Signature({ keyID: id, sig: signature(bytes, privateKey) }),
  };
}

/** Keys as a channel has them: root 2 of 3, targets 1 of 2, one online. */
export function createChannelKeys(): ChannelKeys {
  const keys = (count: number) => Array.from({ length: count }, createSigningKey);
  return { root: keys(3), rootThreshold: 2, targets: keys(2), targetsThreshold: 1, online: keys(1) };
}

/**
 * A channel folder that signs for itself, one file at a time and also wrongly, which is what attacks need. It shares no
 * code with the release script.
 */
export class ChannelRepository {
  /** As a program carries it. */
  readonly root: Uint8Array;
  keys = createChannelKeys();
  /** Of the last complete publication; `root` of the last root. */
  version = 0;
  rootVersion = 1;

  constructor(readonly folder: string) {
    for (const name of ["metadata", "targets", "blobs/sha256"]) {
      Deno.mkdirSync(join(folder, name), { recursive: true });
    }
    this.root = this.signRoot({ version: 1 });
  }

  /** Publishes releases by their names, with the next version of everything. */
  publish(releases: Readonly<Record<string, string>>, expires?: Date): void {
    const version = ++this.version;
    const options = { version, ...(expires === undefined ? {} : { expires }) };
    this.signTargets(releases, { version });
    this.signSnapshot({ version });
    this.signTimestamp(options);
  }

  signRoot({ version, signers, expires, write }: SignOptions): Uint8Array {
    const { keys } = this;
    const all = [...keys.root, ...keys.targets, ...keys.online];
    const role = (of: readonly SigningKey[], threshold: number) => ({
      keyids: of.map(({ id }) => id),
      threshold,
    });
    const root = Root.fromJSON({
      _type: "root",
      version,
      spec_version: SPECIFICATION,
      expires: dateText(expires),
      consistent_snapshot: true,
      keys: Object.fromEntries(all.map(({ id, key }) => [id, key.toJSON()])),
      roles: {
        root: role(keys.root, keys.rootThreshold),
        targets: role(keys.targets, keys.targetsThreshold),
        snapshot: role(keys.online, 1),
        timestamp: role(keys.online, 1),
      },
    } as never);
    this.rootVersion = version;
    return this.#sign(`${version}.root.json`, root, { signers: signers ?? keys.root.slice(0, 2), write });
  }

  signTargets(
    releases: Readonly<Record<string, string>>,
    { version, signers, expires, write }: SignOptions,
  ): Uint8Array {
    const targets: Record<string, TargetFile> = {};
    for (const [name, text] of Object.entries(releases)) {
      const bytes = new TextEncoder().encode(text);
      const path = `${name}.json`;
      targets[path] = new TargetFile({ path, length: bytes.length, hashes: { sha256: sha256(bytes) } });
      if (write !== false) {
        Deno.writeFileSync(join(this.folder, "targets", `${sha256(bytes)}.${path}`), bytes);
      }
    }
    const signed = new Targets({ version, specVersion: SPECIFICATION, expires: dateText(expires), targets });
    const defaults = this.keys.targets.slice(0, this.keys.targetsThreshold);
    return this.#sign(`${version}.targets.json`, signed, { signers: signers ?? defaults, write });
  }

  /** @param options.targets The version of the targets that it names. @default the same version */
  signSnapshot(
    { version, signers, expires, write, targets = version }: SignOptions & { targets?: number },
  ): Uint8Array {
    const bytes = this.read(`${targets}.targets.json`);
    const meta = { "targets.json": metaFile(targets, bytes) };
    const signed = new Snapshot({ version, specVersion: SPECIFICATION, expires: dateText(expires), meta });
    return this.#sign(`${version}.snapshot.json`, signed, { signers: signers ?? this.keys.online, write });
  }

  /** @param options.snapshot The version of the snapshot that it names. @default the same version */
  signTimestamp(
    { version, signers, expires, write, snapshot = version }: SignOptions & { snapshot?: number },
  ): Uint8Array {
    const bytes = this.read(`${snapshot}.snapshot.json`);
    const signed = new Timestamp({
      version,
      specVersion: SPECIFICATION,
      expires: dateText(expires),
      snapshotMeta: metaFile(snapshot, bytes),
    });
    return this.#sign("timestamp.json", signed, { signers: signers ?? this.keys.online, write });
  }

  /** A file of `metadata/`. */
  read(name: string): Uint8Array<ArrayBuffer> {
    return Deno.readFileSync(join(this.folder, "metadata", name));
  }

  write(name: string, bytes: Uint8Array): void {
    Deno.writeFileSync(join(this.folder, "metadata", name), bytes);
  }

  remove(name: string): void {
    Deno.removeSync(join(this.folder, "metadata", name));
  }

  /** Puts a blob where a channel has it. */
  addBlob(bytes: Uint8Array): { sha256: string; length: number } {
    const id = sha256(bytes);
    const folder = join(this.folder, "blobs/sha256", id.slice(0, 2));
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeFileSync(join(folder, id), bytes);
    return { sha256: id, length: bytes.length };
  }

  #sign(
    name: string,
    signed: Root | Targets | Snapshot | Timestamp,
    { signers, write }: { signers: readonly SigningKey[]; write: boolean | undefined },
  ): Uint8Array {
    const metadata = new Metadata(signed);
    for (const signer of signers) metadata.sign(signer.sign);
    const bytes = new TextEncoder().encode(JSON.stringify(metadata.toJSON()));
    if (write !== false) this.write(name, bytes);
    return bytes;
  }
}

function metaFile(version: number, bytes: Uint8Array): MetaFile {
  return new MetaFile({ version, length: bytes.length, hashes: { sha256: sha256(bytes) } });
}

function signature(bytes: Buffer, key: KeyObject): string {
  return sign(undefined, bytes, key).toString("hex");
}

/** SHA-256 in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function dateText(date = new Date(Date.now() + 7 * DAY)): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
