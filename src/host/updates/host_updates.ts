import type { Problem } from "../../api/resources/problems.ts";
import { hostClient } from "../host_client.ts";
import { problemOf } from "../../errors/problem_of.ts";
import { installationOwner } from "../../install/installation_owner.ts";
import { readMarker } from "../../install/install_marker.ts";
import type { Log } from "../../logging/log.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { checkHealth } from "../../update/trial/health_check.ts";
import { holdTrial } from "../../update/trial/hold_trial.ts";
import { platformName } from "../../update/release/release_document.ts";
import type { SwitchedChange } from "../../update/records/journal.ts";
import { UPDATE_LIMITS } from "../../update/limits.ts";
import { UpdateSchedule } from "../../update/offer/schedule.ts";
import { undoneWarnings } from "../../update/status.ts";
import { Updater } from "../../update/updater.ts";
import { VERSION } from "../../version.ts";
import { HostRequests } from "../clients/docker_requests.ts";
import type { EngineService } from "../engine/engine_service.ts";
import { channelPort } from "./channel_port.ts";
import { enginePort } from "./engine_port.ts";
import { versionsPort } from "./versions_port.ts";
import type { Installation } from "../installation.ts";
import type { InstanceSettings } from "../instance_settings.ts";
import type { HostEnd } from "../host_end.ts";
import type { DecideWay } from "../../proxy/way.ts";
import type { InstanceDistros } from "../engine/instance_distros.ts";
import type { RecoveredUpdates } from "./open_updates.ts";
import { updateWarnings } from "./update_warnings.ts";

/** Dependencies of the updates of a host. */
export interface HostUpdatesOptions {
  /** What the host has found at its start. */
  readonly found: RecoveredUpdates;
  readonly installation: Installation;
  readonly settings: Pick<InstanceSettings, "values" | "entries">;
  readonly distros: InstanceDistros;
  readonly service: EngineService;
  readonly log: Log;
  /** Which way requests of this machine go. */
  readonly ways: DecideWay;
  /** Called after every change of what is reported here. */
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
  #schedule: UpdateSchedule | undefined;
  #trial: Promise<void> | undefined;
  /** Whether what no version needs has been taken away, or is being. */
  #isTidy = false;

  private constructor(options: HostUpdatesOptions, updater: Updater, requests: HostRequests) {
    this.#options = options;
    this.updater = updater;
    this.#requests = requests;
    this.#relay = options.service.relays.start(requests);
  }

  /** Resumes what an earlier host left. Nothing is begun yet. */
  static async open(options: HostUpdatesOptions): Promise<HostUpdates> {
    const { found } = options;
    const requests = new HostRequests();
    const updater = await openUpdater(options, requests);
    await updater.open(found.recovery.journal, found.recovery.trial !== undefined);
    return new HostUpdates(options, updater, requests);
  }

  /** Begins: the API is served. */
  begin(): void {
    const { trial, startEngine } = this.#options.found.recovery;
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
    const { found: { records }, installation, end, service } = this.#options;
    using client = hostClient(installation.home);
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
      isOn: () => this.updater.status().hasChannel && settings.values["update.mode"] !== "off",
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

async function openUpdater(options: HostUpdatesOptions, docker: HostRequests): Promise<Updater> {
  const { found, installation, settings, distros, service, log, ways, end, onChange } = options;
  const { executable } = installation;
  return new Updater({
    channel: await channelPort(installation, settings, { log, ways }),
    versions: versionsPort(installation, found),
    engine: enginePort({ service, docker, distros, settings }),
    records: found.records,
    platform: platformName(OPERATING_SYSTEM),
    owner: installationOwner(executable, Deno.env.toObject(), { marker: await readMarker(executable) }),
    settings: () => ({
      values: settings.values,
      modeLocked: settings.entries.some(({ key, locked }) => key === "update.mode" && locked),
    }),
    // The client that has asked for it is answered first.
    endForSwitch: () => void setTimeout(() => end("switch"), UPDATE_LIMITS.answerMilliseconds),
    onChange,
  });
}
