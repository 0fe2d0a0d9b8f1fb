import { type Executable, openExecutable } from "../payload/executable.ts";
import { openVersion } from "../payload/open_version.ts";
import type { Payload } from "../payload/payload.ts";
import { type VersionStore, versionStore } from "../payload/version_store.ts";
import { VERSION } from "../version.ts";
import type { Home } from "./home.ts";

/** The version whose code this process runs. */
export interface RunningVersion {
  /** "embedded", or the sha256 of the version's index file. */
  readonly id: string;
  /** Such as `1.2.3`. */
  readonly version: string;
  /** Whether it has just been switched to and is not confirmed yet. */
  readonly onTrial: boolean;
}

/** What {@linkcode Installation} is made from. */
export interface InstallationOptions {
  readonly home: Home;
  /** Path of the packaged executable. */
  readonly executable: string;
  /** What the launcher says of the version that it has started. */
  readonly version: { readonly id: string; readonly trial: boolean };
}

/**
 * A home, the executable, and the version of it that runs. Made once per process. The executable is opened and its
 * index decoded at the first use, and stays open, so its content does not change under a running host if the file is
 * replaced.
 */
export class Installation implements Disposable {
  readonly home: Home;
  /** Path of the packaged executable. */
  readonly executable: string;
  readonly running: RunningVersion;
  #opening: Promise<Executable> | undefined;
  #opened: Executable | undefined;

  constructor({ home, executable, version }: InstallationOptions) {
    this.home = home;
    this.executable = executable;
    this.running = { id: version.id, version: VERSION, onTrial: version.trial };
  }

  /**
   * The versions in the home.
   *
   * @throws {WindlassError} `WL_EXECUTABLE_UNREADABLE` or `WL_EXECUTABLE_CORRUPT`.
   */
  async store(): Promise<VersionStore> {
    return versionStore({ home: this.home.root, executable: await this.#open() });
  }

  /**
   * A version, by default the running one; its streams can be read until the installation is disposed.
   *
   * @throws {WindlassError} `WL_EXECUTABLE_UNREADABLE` or `WL_EXECUTABLE_CORRUPT`; `WL_VERSION_INCOMPLETE` if the
   * version's index is missing or damaged.
   */
  async open(id = this.running.id): Promise<Payload> {
    return await openVersion({ executable: await this.#open(), home: this.home.root, id });
  }

  /** Closes the executable. */
  [Symbol.dispose](): void {
    this.#opened?.[Symbol.dispose]();
  }

  async #open(): Promise<Executable> {
    this.#opening ??= openExecutable(this.executable);
    try {
      return this.#opened = await this.#opening;
    } catch (error) {
      this.#opening = undefined; // may be readable at the next use
      throw error;
    }
  }
}
