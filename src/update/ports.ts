/**
 * What the updater asks of the host, one interface for each partner. The host implements them in src/host/updates/,
 * `tests/fakes/fake_update_world.ts` fakes them. Each call may be repeated after a death.
 */
import type { KeepReason } from "../api/resources/engine.ts";
import type { InstallationOwner } from "../install/installation_owner.ts";
import type { Payload } from "../payload/payload.ts";
import type { StagedComponent, StagedVersion } from "../payload/version_store.ts";
import type { Settings } from "../settings/settings_schema.ts";
import type { UpdateChannel } from "./channel/channel.ts";
import type { ContainerBefore } from "./records/journal.ts";
import type { KnownVersion } from "./records/known_versions.ts";
import type { UpdateRecords } from "./records/records.ts";
import type { PlatformName, ReleaseDocument } from "./release/release_document.ts";

/** How far a step is, in bytes. */
export interface StepProgress {
  readonly done: number;
  readonly total: number;
}

/** Where new versions come from. */
export interface ChannelPort {
  /** Whether the running version has an update channel. */
  readonly exists: boolean;
  /**
   * Opens the channel, or a bundle.
   *
   * @param bundle Absolute path of a bundle file.
   * @throws {WindlassError} `WL_UPDATE_NO_CHANNEL` if this build has none.
   */
  open(bundle: string | undefined): Promise<UpdateChannel>;
  /** Bytes that a release needs besides what is at hand. */
  bytesToDownload(release: ReleaseDocument): Promise<number>;
  /** Brings every component of the release into the staging folder, verified. */
  stage(options: {
    readonly release: ReleaseDocument;
    readonly channel: Pick<UpdateChannel, "fetchBlob">;
    readonly signal: AbortSignal;
    readonly progress: (progress: StepProgress) => void;
  }): Promise<readonly StagedComponent[]>;
  /** Empties the staging folder. */
  clearStaging(): Promise<void>;
}

/** The versions on this machine: in the store and in the executable. */
export interface VersionsPort {
  /** The version that this host is of. */
  readonly running: { readonly id: string; readonly version: string };
  /** Installs a staged version into the store; resolves to its id. */
  install(version: StagedVersion): Promise<string>;
  /** The version in the store, whole, that came from this release document. */
  installedFrom(release: Uint8Array): Promise<string | undefined>;
  /** @throws {WindlassError} `WL_VERSION_INCOMPLETE` */
  open(id: string): Promise<Payload>;
  /** What is known of a version. Never rejects. */
  describe(id: string): Promise<KnownVersion>;
}

/** The engine that runs, and the engine distros of other versions. */
export interface EnginePort {
  /** What keeps the engine running, as far as it is known. */
  readonly keptBy: readonly KeepReason[];
  /** The containers that the next version must have as well. Starts the engine if it does not run. */
  containers(signal: AbortSignal): Promise<ContainerBefore[]>;
  /** For how many milliseconds nothing has used it; `Infinity` if it does not run. */
  unusedFor(): number;
  /**
   * Stops the engine if nothing has used it for so many milliseconds; the decision and the stop are one step.
   * Resolves to whether it is stopped, with nobody waiting for it.
   */
  stopWhenUnused(quietMilliseconds: number): Promise<boolean>;
  stop(): Promise<void>;
  /**
   * Imports the engine distro of a version beside the one that runs, and rehearses it.
   *
   * @throws {WindlassError} `WL_ENGINE_UNFIT` if that engine does not run on this machine.
   */
  prepare(options: {
    readonly version: Payload;
    readonly signal: AbortSignal;
    readonly progress: (progress: StepProgress) => void;
  }): Promise<void>;
  /** Removes the engine distros of other versions. */
  removeOthers(signal: AbortSignal): Promise<void>;
}

/** The settings that updates follow, as they are now. */
export interface UpdateSettings {
  readonly values: Settings;
  /** Whether a policy has set `update.mode`. */
  readonly modeLocked: boolean;
}

/** The partners of an updater, and the facts that it decides by. */
export interface UpdaterPorts {
  readonly channel: ChannelPort;
  readonly versions: VersionsPort;
  readonly engine: EnginePort;
  /** Journal, state and history, with log and clock. */
  readonly records: UpdateRecords;
  readonly platform: PlatformName;
  /** The program or person that installed the executable. */
  readonly owner: InstallationOwner;
  settings(): UpdateSettings;
  /** The host is to end, so that the version on trial can begin. */
  endForSwitch(): void;
  /** Called after every change of the status. */
  onChange(): void;
}
