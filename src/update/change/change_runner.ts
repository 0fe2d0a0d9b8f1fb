import type { UpdateStepName } from "../../api/resources/updates.ts";
import type { InstallOptions } from "../../api/update_service.ts";
import { isWindlassError } from "../../errors/windlass_error.ts";
import { UPDATE_LIMITS } from "../limits.ts";
import type { Offer } from "../offer/find_offer.ts";
import type { StepProgress, UpdaterPorts } from "../ports.ts";
import type { ChangeAuthor, InstalledChange } from "../records/journal.ts";
import type { KnownVersion } from "../records/known_versions.ts";
import { isUnwanted, newChange } from "./change.ts";
import { obtainVersion, prepareVersion } from "./obtain_version.ts";
import type { ReadyVersion } from "./ready_version.ts";
import { switchVersion } from "./switch_version.ts";

/** Called with what is being done, and how far it is. */
export type OnStep = (name: UpdateStepName, progress?: StepProgress) => void;

/** Carries out changes of versions, from an offer to the switch. The caller sees to it that there is one at a time. */
export class ChangeRunner {
  readonly #ports: UpdaterPorts;
  readonly #ready: ReadyVersion;
  readonly #onStep: OnStep;
  #hasSwitched = false;

  constructor(ports: UpdaterPorts, ready: ReadyVersion, onStep: OnStep) {
    this.#ports = ports;
    this.#ready = ready;
    this.#onStep = onStep;
  }

  /** The switch has happened; the host is about to end. */
  get hasSwitched(): boolean {
    return this.#hasSwitched;
  }

  /** Downloads, installs and prepares what is offered, in place of what is ready. */
  async obtain(offer: Offer, by: ChangeAuthor, signal: AbortSignal): Promise<InstalledChange> {
    const { records, versions } = this.#ports;
    const { version, undo } = offer.release;
    this.#ready.set(undefined);
    const change = await newChange(records, versions.running, { kind: "update", by, version, undo });
    const installed = await obtainVersion({ ...this.#ports, onStep: this.#onStep }, offer, change, signal);
    this.#ready.set(installed);
    return installed;
  }

  /** Prepares the previous version, in place of what is ready. */
  async prepareBack({ id, version }: KnownVersion, signal: AbortSignal): Promise<InstalledChange> {
    const { records, versions } = this.#ports;
    const begun = await newChange(records, versions.running, {
      kind: "rollback",
      by: "user",
      version,
      undo: true,
    });
    const change = { ...begun, id };
    this.#ready.set(undefined);
    await prepareVersion({ ...this.#ports, onStep: this.#onStep }, change, signal);
    this.#ready.set(change);
    return change;
  }

  /** Switches to a version that is ready; with `idle` only if nothing uses the engine, and otherwise once that is so. */
  async takeOver(change: InstalledChange, when: InstallOptions["when"], signal: AbortSignal): Promise<void> {
    if (when === "idle") {
      const { records: { state }, engine } = this.#ports;
      if (isUnwanted(change, state.state, this.#ports.settings())) return await this.#ready.forget();
      await this.#ready.consent(change, true);
      if (engine.unusedFor() < UPDATE_LIMITS.quietMilliseconds) return;
    }
    this.#onStep(when === "now" ? "switching" : "waiting-for-idle");
    try {
      if (!await switchVersion(this.#ports, change, when, signal)) return;
    } catch (error) {
      if (isWindlassError(error, "WL_VERSION_INCOMPLETE")) await this.#ready.forget(); // it is fetched again
      else if (!signal.aborted) await this.#ready.consent(change, false); // it would fail again at every idle moment
      throw error;
    }
    this.#hasSwitched = true;
    this.#ports.endForSwitch();
  }
}
