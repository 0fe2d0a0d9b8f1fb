/**
 * A channel folder as its publisher sees it: what is in it is checked, what goes into it appears whole or not at all.
 */
import { dirname, join } from "node:path";
import type { Metadata, Root, Targets } from "@tufjs/models";
import { unlessMissing } from "../../src/errors/unless_missing.ts";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { systemReason } from "../../src/files/file_errors.ts";
import { sha256 } from "../../src/payload/executable_codec.ts";
import { blobPath } from "../../src/update/release/release_document.ts";
import { hashFile } from "../build/compressed_component.ts";
import { decodeMetadata, requireSignatures } from "./channel_metadata.ts";

/** The lock that keeps two publishers apart. It need not be copied to a server. */
const LOCK_NAME = ".publish.lock";
/** Files that are being written. What a crash leaves behind is removed by the next publisher. */
const PARTIAL_PREFIX = ".partial-";

/** Metadata of a folder; all signatures, hashes and versions fit each other. */
export interface ChannelState {
  readonly root: Metadata<Root>;
  /** Nothing if the folder has a root and no release yet. */
  readonly targets?: CurrentTargets;
  /** Each is the highest version of a file in the folder, published or left by a publish that was cut off. */
  readonly versions: { readonly targets: number; readonly snapshot: number; readonly timestamp: number };
}

/** Targets metadata, decoded and as the bytes of its file. */
export interface CurrentTargets {
  readonly metadata: Metadata<Targets>;
  readonly bytes: Uint8Array;
  /** Version of the snapshot that leads to it. */
  readonly snapshot: number;
}

/** A channel folder that no other process changes until it is disposed. */
export interface ChannelFolder extends Disposable {
  readonly path: string;
  /** All roots, from version 1 on; each is signed by the one before it and by itself. */
  readRoots(): Promise<Metadata<Root>[]>;
  /** What the newest timestamp leads to, checked with that root. Ends of life do not matter here. */
  readState(root: Metadata<Root>): Promise<ChannelState>;
  /** Writes a file that is replaced as a whole; it is on disk when this returns. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Stores the bytes of a file under their hash, unless they are stored already. */
  putBlob(source: string): Promise<{ readonly sha256: string; readonly length: number }>;
  /** Files of a folder in it, sorted; empty if there is none. */
  list(path: string): Promise<string[]>;
  /** @throws {WindlassError} `WL_RELEASE_FOLDER_DAMAGED` if it is missing. */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Takes a channel folder for publishing and makes it if needed.
 *
 * @throws {WindlassError} `WL_RELEASE_BUSY` if another process publishes into it.
 */
export async function openChannelFolder(path: string): Promise<ChannelFolder> {
  await Deno.mkdir(join(path, "metadata"), { recursive: true });
  const lock = await Deno.open(join(path, LOCK_NAME), { create: true, write: true });
  if (!await lock.tryLock(true)) {
    lock.close();
    throw new WindlassError("WL_RELEASE_BUSY", `Cannot publish into '${path}': another process does so now`);
  }
  for await (const { name } of Deno.readDir(path)) {
    if (name.startsWith(PARTIAL_PREFIX)) await Deno.remove(join(path, name)); // its writer held this lock
  }
  return new OpenFolder(path, lock);
}

class OpenFolder implements ChannelFolder {
  readonly #lock: Deno.FsFile;

  constructor(readonly path: string, lock: Deno.FsFile) {
    this.#lock = lock;
  }

  async readRoots(): Promise<Metadata<Root>[]> {
    const roots: Metadata<Root>[] = [];
    const newest = await this.#newestVersion("root");
    for (let version = 1; version <= newest; version++) {
      const root = decodeMetadata("root", await this.read(`metadata/${version}.root.json`));
      requireSignatures(roots.at(-1) ?? root, "root", root);
      requireSignatures(root, "root", root);
      this.#require(
        root.signed.version === version,
        `'${version}.root.json' holds version ${root.signed.version}`,
      );
      roots.push(root);
    }
    return roots;
  }

  async readState(root: Metadata<Root>): Promise<ChannelState> {
    const versions = {
      targets: await this.#newestVersion("targets"),
      snapshot: await this.#newestVersion("snapshot"),
      timestamp: 0,
    };
    if (!(await this.list("metadata")).includes("timestamp.json")) return { root, versions };
    const timestamp = decodeMetadata("timestamp", await this.read("metadata/timestamp.json"));
    requireSignatures(root, "timestamp", timestamp);
    const { version: snapshotVersion, hashes: snapshotHashes } = timestamp.signed.snapshotMeta;
    const snapshotBytes = await this.read(`metadata/${snapshotVersion}.snapshot.json`);
    const snapshot = decodeMetadata("snapshot", snapshotBytes);
    requireSignatures(root, "snapshot", snapshot);
    const listed = snapshot.signed.meta["targets.json"];
    const targetsBytes = await this.read(`metadata/${listed?.version}.targets.json`);
    const targets = decodeMetadata("targets", targetsBytes);
    requireSignatures(root, "targets", targets);
    this.#require(snapshotHashes?.sha256 === sha256(snapshotBytes), "timestamp and snapshot do not fit");
    this.#require(listed?.hashes?.sha256 === sha256(targetsBytes), "snapshot and targets do not fit");
    return {
      root,
      targets: { metadata: targets, bytes: targetsBytes, snapshot: snapshotVersion },
      versions: { ...versions, timestamp: timestamp.signed.version },
    };
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    await this.#place(path, async (file) => {
      for (let offset = 0; offset < bytes.length;) offset += await file.write(bytes.subarray(offset));
    });
  }

  async putBlob(source: string): Promise<{ readonly sha256: string; readonly length: number }> {
    const { digest, length } = await hashFile(source);
    const path = blobPath(digest);
    const there = await hashFile(join(this.path, path)).catch(() => undefined);
    if (there?.digest === digest) return { sha256: digest, length };
    await this.#place(path, async (file) => {
      using input = await Deno.open(source);
      await input.readable.pipeTo(file.writable, { preventClose: true });
    });
    return { sha256: digest, length };
  }

  async list(path: string): Promise<string[]> {
    const entries = await unlessMissing(() => Array.fromAsync(Deno.readDir(join(this.path, path)))) ?? [];
    return entries.filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await Deno.readFile(join(this.path, path));
    } catch (cause) {
      const message = `Cannot read '${join(this.path, path)}': ${systemReason(cause)}`;
      throw new WindlassError("WL_RELEASE_FOLDER_DAMAGED", message, { cause });
    }
  }

  [Symbol.dispose](): void {
    this.#lock.close(); // gives the lock back
  }

  /** The highest N of the files `N.<role>.json`, 0 if there is none. */
  async #newestVersion(role: string): Promise<number> {
    const numbers = (await this.list("metadata")).map((name) => /^([1-9]\d{0,8})\.(\w+)\.json$/.exec(name));
    return Math.max(0, ...numbers.filter((match) => match?.[2] === role).map((match) => Number(match?.[1])));
  }

  /** Writes under a name that no reader asks for, then renames. */
  async #place(path: string, fill: (file: Deno.FsFile) => Promise<void>): Promise<void> {
    const target = join(this.path, path);
    const partial = join(this.path, `${PARTIAL_PREFIX}${crypto.randomUUID()}`);
    await Deno.mkdir(dirname(target), { recursive: true });
    try {
      {
        using file = await Deno.open(partial, { write: true, createNew: true, mode: 0o644 });
        await fill(file);
        await file.sync();
      }
      await Deno.rename(partial, target);
    } catch (error) {
      await Deno.remove(partial).catch(() => {});
      throw error;
    }
    await syncFolder(dirname(target));
  }

  #require(condition: boolean, state: string): void {
    if (condition) return;
    throw new WindlassError(
      "WL_RELEASE_FOLDER_DAMAGED",
      `Cannot use the channel in '${this.path}': ${state}`,
    );
  }
}

/** Puts new names on disk, so that no timestamp outlives a loss of power that what it names does not. */
async function syncFolder(path: string): Promise<void> {
  using folder = await Deno.open(path);
  await folder.sync();
}
