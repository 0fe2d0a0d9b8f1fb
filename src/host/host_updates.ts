import { join } from "node:path";
import type { Problem } from "../api/answers.ts";
import { WindlassClient } from "../client/windlass_client.ts";
import { problemOf } from "../errors/problem_of.ts";
import { installationOwner } from "../install/installation_owner.ts";
import { readMarker } from "../install/install_marker.ts";
import type { Log } from "../logging/log.ts";
import { EMBEDDED } from "../payload/payload.ts";
import { openVersion } from "../payload/open_version.ts";
import { OPERATING_SYSTEM } from "../platform/operating_system.ts";
import type { SettingsStore } from "../settings/settings_store.ts";
import { checkHealth } from "../update/health_check.ts";
import { holdTrial } from "../update/hold_trial.ts";
import { installedFrom } from "../update/installed_from.ts";
import { describeVersion } from "../update/known_versions.ts";
import { removeIfPresent } from "../files/if_present.ts";
import { hasUpdateSource, readUpdateSource } from "../update/read_update_source.ts";
import { platformName } from "../update/release/release_document.ts";
import type { SwitchedChange } from "../update/update_journal.ts";
import { UPDATE_LIMITS } from "../update/update_limits.ts";
import { UpdateSchedule } from "../update/update_schedule.ts";
import { undoneWarnings } from "../update/update_status.ts";
import { Updater } from "../update/updater.ts";
import { VERSION } from "../version.ts";
import { HostRequests } from "./docker_requests.ts";
import type { EngineService } from "./engine_service.ts";
import { engineToLeave } from "./engine_to_leave.ts";
import type { Home } from "./home.ts";
import type { HostEnd } from "./host_end.ts";
import type { InstanceDistros } from "./instance_distros.ts";
import type { RecoveredUpdates } from "./recover_updates.ts";
import { updateWarnings } from "./update_warnings.ts";

/** What the updates of a host work with. */
export interface HostUpdatesOptions {
  /** What the host has found at its start. */
  readonly found: RecoveredUpdates;
  readonly home: Home;
  /** Path of the packaged executable. */
  readonly executable: string;
  /** The version that runs. */
  readonly versionId: string;
  readonly settings: SettingsStore;
  readonly distros: InstanceDistros;
  readonly service: EngineService;
  readonly log: Log;
  /** Called after every change of what is told here. */
  readonly onChange: () => void;
  /** The host is to end. */
  readonly end: (reason: HostEnd) => void;
}

/**
 * The updates of a running host: joins the updater to engine, distros and settings, and holds the trial of a version
 * that has just been switched to. Disposed before the engine is closed.
 */
export class HostUpdates implements AsyncDisposable {
  readonly updater: Updater;
  readonly #options: HostUpdatesOptions;
  readonly #requests: HostRequests;
  readonly #relay: AsyncDisposable;
  readonly #end = new AbortController();
  readonly #hasChannel: boolean;
  #schedule: UpdateSchedule | undefined;
  #trial: Promise<void> | undefined;
  /** Whether what no version needs has been taken away, or is being. */
  #isTidy = false;

  private constructor(
    options: HostUpdatesOptions,
    updater: Updater,
    requests: HostRequests,
    hasChannel: boolean,
  ) {
    this.#options = options;
    this.updater = updater;
    this.#requests = requests;
    this.#hasChannel = hasChannel;
    this.#relay = options.service.relays.start(requests);
  }

  /** Takes up what an earlier host has left. Nothing is begun yet. */
  static async open(options: HostUpdatesOptions): Promise<HostUpdates> {
    const { found } = options;
    const requests = new HostRequests();
    const updater = await openUpdater(options, requests);
    await updater.open(found.recovered.journal, found.recovered.trial !== undefined);
    return new HostUpdates(options, updater, requests, await hasChannel(options));
  }

  /** Begins: the API is served. */
  begin(): void {
    const { trial, startEngine } = this.#options.found.recovered;
    if (startEngine) this.#options.service.engine.start();
    if (trial === undefined) this.#beginSchedule();
    else this.#trial = this.#holdTrial(trial).catch((error) => this.#failed("update.trial.failed", error));
  }

  /** The engine or the updater has changed. */
  look(): void {
    this.#schedule?.look();
    const { service } = this.#options;
    if (this.#isTidy || this.#schedule === undefined || service.engine.state.kind !== "running") return;
    this.#isTidy = true;
    void this.updater.tidy(this.#end.signal).then((wasTime) => this.#isTidy = wasTime);
  }

  /** What the user is told about the last change and the next. */
  warnings(): Problem[] {
    const { state } = this.#options.found.records.state;
    return [...undoneWarnings(state, VERSION), ...updateWarnings(this.updater.status(), new Date())];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#trial;
    await this.#schedule?.[Symbol.asyncDispose]();
    await this.updater[Symbol.asyncDispose]();
    await this.#relay[Symbol.asyncDispose]();
  }

  async #holdTrial(change: SwitchedChange): Promise<void> {
    const { found: { records }, home, end, service } = this.#options;
    using client = new WindlassClient({ addressFile: home.apiAddressFile });
    const check = (change: SwitchedChange, signal: AbortSignal) =>
      checkHealth(change.containers, change.switched, {
        askApi: async (signal) => void await client.status({ signal }),
        docker: this.#requests,
      }, signal);
    service.engine.start();
    const ending = await holdTrial(records, change, check, this.#end.signal);
    if (ending === "undone") return end("hand-over");
    if (ending === "left") return;
    await this.updater.trialEnded();
    this.#beginSchedule();
    this.look();
  }

  #beginSchedule(): void {
    if (this.#end.signal.aborted) return;
    const { found: { records }, settings, log, onChange } = this.#options;
    this.#schedule = new UpdateSchedule({
      updater: this.updater,
      isOn: () => this.#hasChannel && settings.values["update.mode"] !== "off",
      lastCheck: records.state.state.lastCheck,
      log,
      onChange,
    });
    this.look();
  }

  #failed(event: string, error: unknown): void {
    this.#options.log("error", event, { reason: problemOf(error).message });
  }
}

async function openUpdater(options: HostUpdatesOptions, requests: HostRequests): Promise<Updater> {
  const { found: { records, store }, home, executable, versionId, settings, distros, service, log, end } =
    options;
  const open = (id: string) => openVersion({ executable, home: home.root, id });
  const updates = join(home.root, "update");
  const staging = join(updates, "staging");
  const running = { id: versionId, version: VERSION };
  return new Updater({
    running,
    records,
    platform: platformName(OPERATING_SYSTEM),
    owner: installationOwner(executable, Deno.env.toObject(), { marker: await readMarker(executable) }),
    settings: () => ({
      values: settings.values,
      modeLocked: settings.entries.some(({ key, locked }) => key === "update.mode" && locked),
    }),
    async openChannel(from) {
      using version = await open(versionId);
      const source = await readUpdateSource(version);
      const { "update.url": url, "update.mirrors": mirrors, "update.proxy": proxy } = settings.values;
      // Loaded only here: a host that never asks need not have it.
      const { openUpdateChannel } = await import("../update/channel/open_update_channel.ts");
      return openUpdateChannel({
        url: from ?? (url || source.url),
        mirrors: from === undefined ? mirrors : [],
        root: source.root,
        proxy,
        directory: join(updates, "tuf"),
        userAgent: `windlass/${VERSION}`,
        log,
      });
    },
    async bytesToDownload(release) {
      const { planStaging } = await import("../update/staging/staging_plan.ts");
      using atHand = await open(versionId);
      using embedded = await open(EMBEDDED);
      return planStaging({ release, atHand, embedded }).downloadBytes;
    },
    async stage(stageOptions) {
      const { stageRelease } = await import("../update/staging/stage_release.ts");
      using atHand = await open(versionId);
      using embedded = await open(EMBEDDED);
      return await stageRelease({ ...stageOptions, atHand, embedded, directory: staging, log });
    },
    clearStaging: () => removeIfPresent(staging, { recursive: true }),
    install: (version) => store.install(version),
    installedFrom: (release) => installedFrom(store, release),
    openVersion: open,
    prepareEngine: ({ version, signal, progress }) =>
      distros.prepare({
        version,
        signal,
        progress: ({ done, total }) => progress({ done, total }),
      }),
    removeOtherDistros: (signal) => distros.removeOthers({ signal }),
    engine: engineToLeave(service, requests),
    keptBy: () => service.idle.keptBy,
    describe: (id) => describeVersion(id, { running, store, state: () => records.state.state }),
    // Whoever has asked for it is answered first.
    endForSwitch: () => void setTimeout(() => end("switch"), UPDATE_LIMITS.answerMilliseconds),
    onChange: options.onChange,
  });
}

/** Whether this build has a channel to be asked by itself; one that cannot be read is told when somebody asks. */
async function hasChannel({ executable, home, versionId }: HostUpdatesOptions): Promise<boolean> {
  try {
    using version = await openVersion({ executable, home: home.root, id: versionId });
    return hasUpdateSource(version);
  } catch {
    return false;
  }
}
