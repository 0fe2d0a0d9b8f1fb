import { replaceFile } from "../files/replace_file.ts";
import { removeIfPresent } from "../files/if_present.ts";
import { unlessMissing } from "../errors/unless_missing.ts";
import { readSmallFileIfPresent } from "./read_small_file.ts";
import { collectComponents } from "./collect_components.ts";
import { type Current, formatCurrent, MAX_CURRENT_BYTES, parseCurrent } from "./current_file.ts";
import type { Executable } from "./executable.ts";
import type { Component } from "./executable_codec.ts";
import { hasBytes, installVersion, type StagedComponent } from "./install_version.ts";
import { isDigest } from "./payload.ts";
import { readVersionIndex, soundVersionIndex } from "./read_version_index.ts";
import { type VersionFiles, versionFiles } from "./version_files.ts";

export type { StagedComponent, StagedSource } from "./install_version.ts";

/** Longest `release.json`; its own parser has the same limit. */
const MAX_RELEASE_BYTES = 256 * 1024;

/** Where the versions are that a home has besides the one in the executable. */
export interface VersionStoreOptions {
  /** Path of the home folder. */
  readonly home: string;
  /** Its index is kept; it need not stay open. */
  readonly executable: Pick<Executable, "indexId" | "components">;
}

/** What becomes of `current.json`; the store adds which executable it is for. */
export type NextCurrent = Omit<Current, "embedded">;

/** The versions that updates have brought, and the choice between them (`FORMAT.md`). One process changes it at a time. */
export interface VersionStore {
  /** sha256 of the index in the executable. */
  readonly embeddedId: string;
  /** What `current.json` says; `undefined` if it is missing, damaged, or was written for another executable. */
  readCurrent(): Promise<Current | undefined>;
  /** Replaces `current.json` as a whole. A launcher that counts a try at the same moment does so before or after. */
  writeCurrent(current: NextCurrent): Promise<void>;
  /** From here on the version of the executable runs. Fine if there is no `current.json`. */
  removeCurrent(): Promise<void>;
  /**
   * Removes a `current.json` that is damaged or was written for another executable, and an empty folder or a link in its place: nothing
   * counts in it, but the launcher reports damage at every start. Resolves to whether there was one.
   *
   * @throws The system's error if it cannot be read or removed; it then stays.
   */
  removeUnusableCurrent(): Promise<boolean>;
  /**
   * Makes a version of components that were staged: moves their files into the components folder, where each is hashed, and writes
   * its index. Nothing of it runs before `current.json` names it. After a crash the same call continues where it was.
   *
   * @returns The version's id.
   * @throws {WindlassError} `WL_UPDATE_STAGED_CHANGED` if a staged file is not a regular file or has other bytes than were verified;
   * `WL_VERSION_INCOMPLETE` if a component is not where the version before has it. The version is then not installed.
   */
  install(version: StagedVersion): Promise<string>;
  /** The bytes of the `release.json` that a version came from; `undefined` if there is none. */
  releaseOf(id: string): Promise<Uint8Array | undefined>;
  /** Ids of the versions that are installed: their index is sound, and their release exists. */
  versions(): Promise<readonly string[]>;
  /**
   * Names of a version's components that are missing or have other bytes than were installed. Those that the executable carries are
   * not checked.
   *
   * @throws {WindlassError} `WL_VERSION_INCOMPLETE` if its index is missing or damaged.
   */
  damaged(id: string, options?: { readonly signal?: AbortSignal }): Promise<readonly string[]>;
  /** Removes a version's index and release; its components go with the next {@linkcode collect}. Fine if there is none. */
  remove(id: string): Promise<void>;
  /**
   * Removes index files that are damaged or of a version that was not installed to the end, then components that neither the executable nor any version names. What a process has in
   * use on Windows stays until the next time.
   */
  collect(): Promise<void>;
}

/** What {@linkcode VersionStore.install} makes a version of. */
export interface StagedVersion {
  /** All components of the version; no stub. */
  readonly components: readonly StagedComponent[];
  /** The verified `release.json`. */
  readonly release: Uint8Array;
}

/**
 * The versions of a home. Nothing is created.
 *
 * @example
 * ```ts
 * const store = versionStore({ home: home.root, executable });
 * const id = await store.install({ components: staged, release });
 * await store.writeCurrent({ current: id, previous: running, trial: true, tries: 0 });
 * ```
 */
export function versionStore({ home, executable }: VersionStoreOptions): VersionStore {
  return new Store(versionFiles(home), executable.indexId, executable.components);
}

class Store implements VersionStore {
  constructor(
    readonly files: VersionFiles,
    readonly embeddedId: string,
    readonly carried: readonly Component[],
  ) {}

  async readCurrent(): Promise<Current | undefined> {
    return this.#usable(
      await readSmallFileIfPresent(this.files.current, MAX_CURRENT_BYTES).catch(() => undefined),
    );
  }

  async removeUnusableCurrent(): Promise<boolean> {
    if (await unlessMissing(() => Deno.lstat(this.files.current)) === undefined) return false;
    using _lock = await this.#lock();
    // One that cannot be read now may be sound, so it stays.
    const bytes = await readSmallFileIfPresent(this.files.current, MAX_CURRENT_BYTES);
    if (this.#usable(bytes) !== undefined) return false;
    await removeIfPresent(this.files.current);
    return true;
  }

  async writeCurrent({ current, previous, trial, tries }: NextCurrent): Promise<void> {
    await Deno.mkdir(this.files.versions, { recursive: true, mode: 0o700 });
    using _lock = await this.#lock();
    const text = formatCurrent({ embedded: this.embeddedId, current, previous, trial, tries });
    // An empty folder in its place, which a rename does not replace; one that is not empty makes the next line fail.
    if (await Deno.lstat(this.files.current).then((status) => status.isDirectory, () => false)) {
      await Deno.remove(this.files.current).catch(() => {});
    }
    await replaceFile(this.files.current, text);
  }

  async removeCurrent(): Promise<void> {
    using _lock = await this.#lock();
    await removeIfPresent(this.files.current);
  }

  async install(version: StagedVersion): Promise<string> {
    const installed: Component[] = [];
    for (const id of await this.#indexNames()) installed.push(...await this.#componentsOf(id) ?? []);
    return await installVersion({ ...version, files: this.files, carried: this.carried, installed });
  }

  releaseOf(id: string): Promise<Uint8Array | undefined> {
    return isDigest(id)
      ? readSmallFileIfPresent(this.files.release(id), MAX_RELEASE_BYTES)
      : Promise.resolve(undefined);
  }

  async versions(): Promise<readonly string[]> {
    const ids: string[] = [];
    for (const id of await this.#indexNames()) {
      if (await this.#isInstalled(id)) ids.push(id);
    }
    return ids;
  }

  async damaged(id: string, options: { readonly signal?: AbortSignal } = {}): Promise<readonly string[]> {
    const names: string[] = [];
    for (const component of await readVersionIndex(this.files, id)) {
      options.signal?.throwIfAborted();
      if (this.carried.some((other) => !other.stored && other.id === component.id)) continue;
      if (!await hasBytes(this.files.component(component), component)) names.push(component.name);
    }
    return names;
  }

  async remove(id: string): Promise<void> {
    if (!isDigest(id)) return;
    // The index first: without it the release means nothing.
    await removeIfPresent(this.files.index(id));
    await removeIfPresent(this.files.release(id));
  }

  async collect(): Promise<void> {
    const named = new Set(this.carried.map((component) => component.id));
    for (const id of await this.#indexNames()) {
      const components = await this.#isInstalled(id) ? await this.#componentsOf(id) : undefined;
      if (components === undefined) await this.remove(id);
      for (const component of components ?? []) named.add(component.id);
    }
    await collectComponents(this.files, named);
  }

  #usable(bytes: Uint8Array | undefined): Current | undefined {
    const current = bytes && parseCurrent(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    return current?.embedded === this.embeddedId ? current : undefined;
  }

  /** Held by the process that replaces `current.json`: the launcher, when it counts a try, waits for it, and so does this. */
  async #lock(): Promise<Disposable> {
    const options = { read: true, write: true, create: true, mode: 0o600 };
    const file = await unlessMissing(() => Deno.open(this.files.lock, options));
    if (file === undefined) return { [Symbol.dispose]: () => {} }; // no versions, so that no launcher counts
    // The launcher has it for milliseconds. On a file system without locks, two that replace the file come in any order.
    await file.lock(true).catch(() => {});
    return file; // closing releases it
  }

  async #indexNames(): Promise<readonly string[]> {
    const names =
      await unlessMissing(() => Array.fromAsync(Deno.readDir(this.files.versions), ({ name }) => name)) ?? [];
    const ids = names.filter((name) => name.endsWith(".index")).map((name) =>
      name.slice(0, -".index".length)
    );
    return ids.filter(isDigest).sort();
  }

  async #isInstalled(id: string): Promise<boolean> {
    const released = await unlessMissing(() => Deno.lstat(this.files.release(id)));
    return released !== undefined && await this.#componentsOf(id) !== undefined;
  }

  /** What a version's index names; `undefined` if it is damaged. One that is gone meanwhile names nothing. */
  async #componentsOf(id: string): Promise<readonly Component[] | undefined> {
    try {
      return await soundVersionIndex(this.files, id);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }
}
