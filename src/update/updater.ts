import type { UpdateStatus, UpdateStepName } from "../api/resources/updates.ts";
import type { InstallOptions, UpdateService } from "../api/update_service.ts";
import { problemOf } from "../errors/problem_of.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { recordPin, recordSkip } from "./change/change.ts";
import { ChangeRunner } from "./change/change_runner.ts";
import { tidyUp } from "./change/change_version.ts";
import { ReadyVersion } from "./change/ready_version.ts";
import { matchesPin } from "./decision/version_pin.ts";
import { UPDATE_LIMITS } from "./limits.ts";
import { findOffer, type Offer, type OfferRequest } from "./offer/find_offer.ts";
import { LastOffer } from "./offer/last_offer.ts";
import type { UpdaterPorts } from "./ports.ts";
import type { ChangeAuthor, InstalledChange, Journal } from "./records/journal.ts";
import { type KnownVersion, previousVersion, requireWayBack } from "./records/known_versions.ts";
import { updateStatus } from "./status.ts";
import { WorkSlot } from "./work_slot.ts";

/**
 * The updates of a running host: the only place that knows the order of the steps. One piece of work at a time; the
 * status reports its progress, and why the last one failed.
 */
export class Updater implements UpdateService, AsyncDisposable {
  readonly #ports: UpdaterPorts;
  readonly #slot: WorkSlot;
  readonly #last = new LastOffer();
  readonly #ready: ReadyVersion;
  readonly #runner: ChangeRunner;
  #previous: KnownVersion | undefined;
  #onTrial = false;
  /** A version in the store that a later download continues with. */
  #resumable: string | undefined;
  #tidying: Promise<void> = Promise.resolve();
  /** When the channel is checked next without being asked to. */
  nextCheck: Date | undefined;

  constructor(ports: UpdaterPorts) {
    this.#ports = ports;
    const { log, journal } = ports.records;
    this.#ready = new ReadyVersion(journal);
    this.#slot = new WorkSlot({ resting: () => this.#restingStep, log, onChange: () => ports.onChange() });
    this.#runner = new ChangeRunner(ports, this.#ready, this.#slot.report);
  }

  /** Resumes what an earlier host left. To be called once, before anything else. */
  async open(journal: Journal | undefined, onTrial: boolean): Promise<void> {
    this.#onTrial = onTrial;
    if (journal?.state === "preparing") this.#resumable = journal.id;
    this.#ready.restore(journal);
    await this.#readPrevious();
  }

  status(): UpdateStatus {
    const { versions, channel, engine, owner, records } = this.#ports;
    return updateStatus({
      running: versions.running,
      onTrial: this.#onTrial,
      values: this.#ports.settings().values,
      owner,
      hasChannel: channel.exists,
      state: records.state.state,
      previous: this.#previous,
      nextCheck: this.nextCheck,
      offer: this.offer,
      noOffer: this.#last.noOffer,
      ...this.#slot.step,
      waitsFor: engine.keptBy,
      problem: this.#slot.problem,
    });
  }

  /** What is offered, as far as it is known. */
  get offer(): Offer | undefined {
    return this.#last.offer;
  }

  /** What is to be installed at the next idle moment. */
  get waiting(): InstalledChange | undefined {
    return this.#ready.waiting;
  }

  /**
   * Checks the channel.
   *
   * @throws {WindlassError} `WL_UPDATE_BUSY`; why it could not be checked, which the status reports as well.
   */
  async check(signal: AbortSignal, request: OfferRequest = { manual: true }): Promise<void> {
    await this.#requireFree();
    await this.#slot.run(signal, async (signal) => {
      this.#slot.report("checking");
      const { records } = this.#ports;
      const found = await findOffer(this.#ports, request, signal);
      this.#last.set(found);
      if (request.from !== undefined) return;
      await this.#ready.forget(({ kind, version }) => kind === "update" && found.withdrawn.includes(version));
      const lastCheck = records.now().toISOString();
      await records.state.change((known) => ({ ...known, lastCheck }));
    });
  }

  /**
   * Begins to download and to prepare what is offered; checks the channel first, unless `auto` has just done so.
   *
   * @throws {WindlassError} `WL_UPDATE_BUSY`, `WL_UPDATE_NOTHING`; why the channel could not be checked.
   */
  async download(signal: AbortSignal, by: ChangeAuthor = "user"): Promise<void> {
    const offer = await this.#offerFor({ manual: by === "user" }, signal);
    if (this.#ready.change?.version === offer.release.version) return;
    this.#begin("downloading", async (signal) => void await this.#runner.obtain(offer, by, signal));
  }

  /**
   * Begins to install what is offered, or one version that was asked for, from the channel or a bundle. When it is
   * prepared, the switch follows, or waits for an idle moment. Something newer takes the place of what waits for `auto`.
   *
   * @throws As {@linkcode download}.
   */
  async install(
    { when, version, from }: InstallOptions,
    signal: AbortSignal,
    by: ChangeAuthor = "user",
  ): Promise<void> {
    const ready = this.#ready.agreed(by);
    const wanted = version ?? (by === "auto" ? this.offer?.release.version : undefined) ?? ready?.version;
    if (ready !== undefined && from === undefined && wanted === ready.version) {
      await this.#requireFree();
      const step = when === "now" ? "switching" : "waiting-for-idle";
      return this.#begin(step, (signal) => this.#runner.takeOver(ready, when, signal));
    }
    const offer = await this.#offerFor({ manual: by === "user", requested: version, from }, signal);
    this.#begin("downloading", async (signal) => {
      const isReady = ready?.version === offer.release.version;
      await this.#runner.takeOver(
        isReady ? ready : await this.#runner.obtain(offer, by, signal),
        when,
        signal,
      );
    });
  }

  /**
   * Begins to go back to the previous version, with all data; the switch follows as for {@linkcode install}.
   *
   * @throws {WindlassError} `WL_UPDATE_BUSY`; `WL_UPDATE_NO_PREVIOUS` if there is none; `WL_UPDATE_NO_WAY_BACK` if it
   * could not read the data.
   */
  async rollback({ when }: Pick<InstallOptions, "when">): Promise<void> {
    await this.#requireFree();
    await this.#readPrevious();
    const { versions } = this.#ports;
    const previous = requireWayBack(await versions.describe(versions.running.id), this.#previous);
    this.#begin("preparing", async (signal) => {
      await this.#runner.takeOver(await this.#runner.prepareBack(previous, signal), when, signal);
    });
  }

  /** Limits updates to a version, or to its first numbers; `undefined` removes the pin. */
  async pin(version?: string): Promise<void> {
    await recordPin(this.#ports.records, version);
    if (version === undefined) this.#last.forget();
    else await this.#refuse((known) => !matchesPin(known, version));
    this.#ports.onChange();
  }

  /** Hides a version. */
  async skip(version: string): Promise<void> {
    await recordSkip(this.#ports.records, version);
    await this.#refuse((known) => known === version);
    this.#ports.onChange();
  }

  /** Makes the switch that waits, if its moment has come. Never rejects: the status reports why it failed. */
  async tryIdleMoment(signal: AbortSignal): Promise<void> {
    const change = this.waiting;
    if (change === undefined || this.#slot.isBusy || this.#onTrial || this.#runner.hasSwitched) return;
    await this.#tidying;
    const { engine } = this.#ports;
    if (change.by === "auto" && this.#ports.settings().values["update.mode"] !== "auto") return;
    if (engine.unusedFor() < UPDATE_LIMITS.quietMilliseconds) return;
    await this.#slot.run(signal, (signal) => this.#runner.takeOver(change, "idle", signal)).catch(() => {});
  }

  /** The trial of this version is over, and it stays. */
  async trialEnded(): Promise<void> {
    try {
      // Before that the number of an embedded version is not written down, and nobody is to read of an unknown one.
      await this.#readPrevious();
    } finally {
      this.#onTrial = false;
      this.#ports.onChange();
    }
  }

  /**
   * Removes what no version needs, while other work waits; `false` if now is not the time. Never rejects: the next
   * start tries again.
   */
  async tidy(signal: AbortSignal): Promise<boolean> {
    if (this.#slot.isBusy || this.#onTrial || this.#runner.hasSwitched) return false;
    const { records, engine } = this.#ports;
    const keep = this.#ready.change?.id ?? this.#resumable;
    const rest = { removeOtherDistros: () => engine.removeOthers(signal), keep };
    this.#tidying = tidyUp(records, rest).catch((error) => {
      if (!signal.aborted) records.log("warn", "update.tidy.failed", { reason: problemOf(error).message });
    });
    return await this.#tidying.then(() => true);
  }

  /** Resolves when nothing is done any more. */
  settled(): Promise<void> {
    return this.#slot.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#slot[Symbol.asyncDispose]();
    await this.#tidying;
  }

  get #restingStep(): UpdateStepName {
    if (this.#runner.hasSwitched) return "switching";
    if (this.#onTrial) return "trial";
    if (this.#ready.waiting !== undefined) return "waiting-for-idle";
    return this.#ready.change === undefined ? "idle" : "ready";
  }

  /** As {@linkcode WorkSlot.begin}. Tidying may have begun since the check: to it, what is being installed is of no use. */
  #begin(name: UpdateStepName, work: (signal: AbortSignal) => Promise<void>): void {
    this.#slot.begin(name, async (signal) => {
      await this.#tidying;
      signal.throwIfAborted();
      await work(signal);
    });
  }

  /** @throws {WindlassError} `WL_UPDATE_BUSY` */
  async #requireFree(): Promise<void> {
    await this.#tidying;
    this.#slot.requireFree();
    if (!this.#onTrial && !this.#runner.hasSwitched) return;
    const state = this.#runner.hasSwitched ? "is being replaced" : "is still on trial";
    const message = `Cannot start an update: Windlass ${this.#ports.versions.running.version} ${state}`;
    throw new WindlassError("WL_UPDATE_BUSY", message);
  }

  /** @throws {WindlassError} `WL_UPDATE_NOTHING` if there is nothing that this updater can install. */
  async #offerFor(request: OfferRequest, signal: AbortSignal): Promise<Offer> {
    if (request.manual || this.offer === undefined) await this.check(signal, request);
    const offer = this.offer;
    const state = this.#last.whyNotInstalled(this.status());
    if (offer !== undefined && state === undefined) return offer;
    throw new WindlassError("WL_UPDATE_NOTHING", `Cannot update: ${state}`);
  }

  /** Forgets what is offered or ready, if its version is one of these. */
  async #refuse(isRefused: (version: string) => boolean): Promise<void> {
    this.#last.refuse(isRefused);
    if (!this.#slot.isBusy) await this.#ready.forget(({ version }) => isRefused(version));
  }

  async #readPrevious(): Promise<void> {
    const { records, versions } = this.#ports;
    const named = await records.store.readCurrent();
    this.#previous = await previousVersion(named, versions.running.id, (id) => versions.describe(id));
  }
}
