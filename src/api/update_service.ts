import type { UpdateStatus } from "./resources/updates.ts";

/** When to switch to a version, and where to get it. */
export interface InstallOptions {
  /** `idle`: when no container and no build is running. */
  readonly when: "idle" | "now";
  /** A version to install even if it is older, skipped, or has failed here; the channel or bundle must have it. */
  readonly version?: string | undefined;
  /** Absolute path of a bundle file. */
  readonly from?: string | undefined;
}

/**
 * What the host does about updates on request. Each call rejects with a WindlassError if it is refused. Long work is
 * only started: the status reports its progress, and its failure.
 */
export interface UpdateService {
  status(): UpdateStatus;
  /**
   * Checks the channel now, whatever the mode and the stage of the roll-out. Resolves when the status is up to date.
   */
  check(signal: AbortSignal): Promise<void>;
  /** Starts to download and prepare what is offered; checks the channel first if nothing is offered yet. */
  download(signal: AbortSignal): Promise<void>;
  /** Like `download`; once prepared, the version is switched to, at once or when the engine is idle. */
  install(options: InstallOptions, signal: AbortSignal): Promise<void>;
  /** Starts to prepare the previous version, which is then switched to, at once or when the engine is idle. */
  rollback(options: Pick<InstallOptions, "when">): Promise<void>;
  /** Limits updates to a version or its first numbers; without one, removes the pin. */
  pin(version?: string): Promise<void>;
  /** Hides a version until a newer one is published. */
  skip(version: string): Promise<void>;
}
