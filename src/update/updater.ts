import type { UpdateStatus, UpdateStepName } from "../api/answers.ts";
import type { InstallOptions, UpdateService } from "../api/routes/update_routes.ts";
import { problemOf } from "../errors/problem_of.ts";
import { isWindlassError, WindlassError } from "../errors/windlass_error.ts";
import { tidyUp } from "./change_version.ts";
import { matchesPin } from "./decision/version_pin.ts";
import { findOffer, type FoundOffer, type Offer, type OfferRequest } from "./find_offer.ts";
import { type KnownVersion, previousVersion, requireWayBack } from "./known_versions.ts";
import { noInstallText } from "./no_install_text.ts";
import { obtainVersion, prepareVersion } from "./obtain_version.ts";
import { agreedChange, isUnwanted, type Ready } from "./ready_version.ts";
import { switchVersion } from "./switch_version.ts";
import {
  type ChangeAuthor,
  type InstalledChange,
  installedChangeOf,
  type Journal,
} from "./update_journal.ts";
import { newChange } from "./new_change.ts";
import { UPDATE_LIMITS } from "./update_limits.ts";
import { updateStatus } from "./update_status.ts";
import { recordPin, recordSkip } from "./user_wishes.ts";
import type { UpdaterParts } from "./updater_parts.ts";
import { WorkSlot } from "./work_slot.ts";

/**
 * The updates of a running host: the only place that knows the order of the steps. One piece of work at a time; the
 * status tells how far it is, and what the last one has failed with.
 */
export class Updater implements UpdateService, AsyncDisposable {
  readonly #parts: UpdaterParts;
  readonly #slot: WorkSlot;
  #found: FoundOffer | undefined;
  #ready: Ready | undefined;
  #previous: KnownVersion | undefined;
  #onTrial = false;
  /** The switch has happened; the host is about to end. */
  #isLeaving = false;
  /** A version in the store that a later download goes on with. */
  #resumable: string | undefined;
  #tidying: Promise<void> = Promise.resolve();
  /** When the channel is asked next, as far as it is asked by itself. */
  nextCheck: Date | undefined;

  constructor(parts: UpdaterParts) {
    this.#parts = parts;
    const { onChange, records: { log } } = parts;
    this.#slot = new WorkSlot({ resting: () => this.#restingStep, log, onChange });
  }

  /** Takes up what an earlier host has left. To be called once, before anything else. */
  async open(journal: Journal | undefined, onTrial: boolean): Promise<void> {
    this.#onTrial = onTrial;
    if (journal?.state === "preparing") this.#resumable = journal.id;
    const isReady = journal?.state === "ready";
    if (isReady) this.#ready = { change: installedChangeOf(journal), consent: journal.consent };
    await this.#readPrevious();
  }

  status(): UpdateStatus {
    const { running, owner, records, settings, keptBy } = this.#parts;
    const found = this.#found;
    return updateStatus({
      running,
      onTrial: this.#onTrial,
      values: settings().values,
      owner,
      state: records.state.state,
      previous: this.#previous,
      nextCheck: this.nextCheck,
      offer: this.offer,
      noOffer: found !== undefined && "noOffer" in found ? found.noOffer : undefined,
      ...this.#slot.step,
      waitsFor: keptBy(),
      problem: this.#slot.problem,
    });
  }

  /** What is offered, as far as it is known. */
  get offer(): Offer | undefined {
    return this.#found !== undefined && "offer" in this.#found ? this.#found.offer : undefined;
  }

  /** What is to be installed at the next idle moment. */
  get waiting(): InstalledChange | undefined {
    return this.#ready?.consent === true ? this.#ready.change : undefined;
  }

  /**
   * Asks the channel.
   *
   * @throws {WindlassError} `WL_UPDATE_BUSY`; what kept it from being found out, which the status tells as well.
   */
  async check(signal: AbortSignal, request: OfferRequest = { manual: true }): Promise<void> {
    await this.#requireFree();
    await this.#slot.run(signal, async (signal) => {
      this.#slot.tell("checking");
      const { records } = this.#parts;
      const asked = { ...this.#parts, state: () => records.state.state };
      const found = this.#found = await findOffer(asked, request, signal);
      if (request.from !== undefined) return;
      await this.#forgetReady(({ kind, version }) => kind === "update" && found.withdrawn.includes(version));
      const lastCheck = records.now().toISOString();
      await records.state.change((known) => ({ ...known, lastCheck }));
    });
  }

  /**
   * Begins to download and to prepare what is offered; asks the channel before, unless `auto` has just done so.
   *
   * @throws {WindlassError} `WL_UPDATE_BUSY`, `WL_UPDATE_NOTHING`; what the channel could not be asked for.
   */
  async download(signal: AbortSignal, by: ChangeAuthor = "user"): Promise<void> {
    const offer = await this.#offerFor({ manual: by === "user" }, signal);
    if (this.#ready?.change.version === offer.release.version) return;
    this.#slot.begin("downloading", async (signal) => void await this.#obtain(offer, by, signal));
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
    const ready = this.#ready && agreedChange(this.#ready, by);
    const wanted = version ?? (by === "auto" ? this.offer?.release.version : undefined) ?? ready?.version;
    if (ready !== undefined && from === undefined && wanted === ready.version) {
      await this.#requireFree();
      const step = when === "now" ? "switching" : "waiting-for-idle";
      return this.#slot.begin(step, (signal) => this.#takeOver(ready, when, signal));
    }
    const offer = await this.#offerFor({ manual: by === "user", requested: version, from }, signal);
    this.#slot.begin("downloading", async (signal) => {
      const isReady = ready?.version === offer.release.version;
      await this.#takeOver(isReady ? ready : await this.#obtain(offer, by, signal), when, signal);
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
    const { running, describe, records } = this.#parts;
    const previous = requireWayBack(await describe(running.id), this.#previous);
    this.#slot.begin("preparing", async (signal) => {
      const { version } = previous;
      const begun = await newChange(records, running, { kind: "rollback", by: "user", version, undo: true });
      const change = { ...begun, id: previous.id };
      this.#ready = undefined;
      await prepareVersion({ ...this.#parts, step: this.#slot.tell }, change, signal);
      this.#ready = { change, consent: false };
      await this.#takeOver(change, when, signal);
    });
  }

  /** Keeps updates to a version, or to its first numbers; `undefined` takes the pin away. */
  async pin(version?: string): Promise<void> {
    await recordPin(this.#parts.records, version);
    if (version === undefined) this.#found = undefined;
    else await this.#refuse((known) => !matchesPin(known, version));
    this.#parts.onChange();
  }

  /** A version is not to be offered. */
  async skip(version: string): Promise<void> {
    await recordSkip(this.#parts.records, version);
    await this.#refuse((known) => known === version);
    this.#parts.onChange();
  }

  /** Makes the switch that waits, if its moment has come. Never rejects: the status tells what it fails with. */
  async tryIdleMoment(signal: AbortSignal): Promise<void> {
    const change = this.waiting;
    if (change === undefined || this.#slot.isBusy || this.#onTrial || this.#isLeaving) return;
    await this.#tidying;
    const { engine, settings } = this.#parts;
    if (change.by === "auto" && settings().values["update.mode"] !== "auto") return;
    if (engine.unusedFor() < UPDATE_LIMITS.quietMilliseconds) return;
    await this.#slot.run(signal, (signal) => this.#takeOver(change, "idle", signal)).catch(() => {});
  }

  /** The trial of this version is over, and it stays. */
  async trialEnded(): Promise<void> {
    this.#onTrial = false;
    await this.#readPrevious();
    this.#parts.onChange();
  }

  /** Takes away what no version needs, while other work waits; `false` if it is not the time. Never rejects: the next start tries again. */
  async tidy(signal: AbortSignal): Promise<boolean> {
    if (this.#slot.isBusy || this.#onTrial || this.#isLeaving) return false;
    const { records, removeOtherDistros } = this.#parts;
    const keep = this.#ready?.change.id ?? this.#resumable;
    const parts = { removeOtherDistros: () => removeOtherDistros(signal), keep };
    this.#tidying = tidyUp(records, parts).catch((error) => {
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
    if (this.#isLeaving) return "switching";
    if (this.#onTrial) return "trial";
    if (this.#ready === undefined) return "idle";
    return this.#ready.consent ? "waiting-for-idle" : "ready";
  }

  /** @throws {WindlassError} `WL_UPDATE_BUSY` */
  async #requireFree(): Promise<void> {
    await this.#tidying;
    this.#slot.requireFree();
    if (!this.#onTrial && !this.#isLeaving) return;
    const state = this.#isLeaving ? "is being left" : "is still on trial";
    const message = `Cannot begin: Windlass ${this.#parts.running.version} ${state}`;
    throw new WindlassError("WL_UPDATE_BUSY", message);
  }

  /** @throws {WindlassError} `WL_UPDATE_NOTHING` if there is nothing that this updater can install. */
  async #offerFor(request: OfferRequest, signal: AbortSignal): Promise<Offer> {
    if (request.manual || this.offer === undefined) await this.check(signal, request);
    const offer = this.offer;
    const state = noInstallText(this.#found, this.status());
    if (offer !== undefined && state === undefined) return offer;
    throw new WindlassError("WL_UPDATE_NOTHING", `Cannot update: ${state}`);
  }

  async #obtain(offer: Offer, by: ChangeAuthor, signal: AbortSignal): Promise<InstalledChange> {
    const { records, running } = this.#parts;
    const { version, undo } = offer.release;
    this.#ready = undefined;
    const change = await newChange(records, running, { kind: "update", by, version, undo });
    const installed = await obtainVersion({ ...this.#parts, step: this.#slot.tell }, offer, change, signal);
    this.#ready = { change: installed, consent: false };
    return installed;
  }

  async #takeOver(change: InstalledChange, when: InstallOptions["when"], signal: AbortSignal): Promise<void> {
    if (when === "idle") {
      const { records: { state }, settings, engine } = this.#parts;
      if (isUnwanted(change, state.state, settings())) return await this.#forgetReady(() => true);
      await this.#consent(change, true);
      if (engine.unusedFor() < UPDATE_LIMITS.quietMilliseconds) return;
    }
    this.#slot.tell(when === "now" ? "switching" : "waiting-for-idle");
    try {
      if (!await switchVersion(this.#parts, change, when, signal)) return;
    } catch (error) {
      if (isWindlassError(error, "WL_VERSION_INCOMPLETE")) await this.#forgetReady(() => true); // it is fetched anew
      else if (!signal.aborted) await this.#consent(change, false); // it would fail again at every idle moment
      throw error;
    }
    this.#isLeaving = true;
    this.#parts.endForSwitch();
  }

  async #consent(change: InstalledChange, consent: boolean): Promise<void> {
    if (this.#ready?.consent === consent && this.#ready.change.by === change.by) return;
    await this.#parts.records.journal.write({ state: "ready", ...installedChangeOf(change), consent });
    this.#ready = { change, consent };
  }

  /** Forgets what is offered or ready, if its version is one of these. */
  async #refuse(isRefused: (version: string) => boolean): Promise<void> {
    const offer = this.offer;
    if (offer !== undefined && isRefused(offer.release.version)) this.#found = undefined;
    if (!this.#slot.isBusy) await this.#forgetReady(({ version }) => isRefused(version));
  }

  async #forgetReady(isRefused: (change: InstalledChange) => boolean): Promise<void> {
    if (this.#ready === undefined || !isRefused(this.#ready.change)) return;
    await this.#parts.records.journal.remove();
    this.#ready = undefined;
  }

  async #readPrevious(): Promise<void> {
    const { records, describe, running } = this.#parts;
    this.#previous = await previousVersion(await records.store.readCurrent(), running.id, describe);
  }
}
