import type { InstallOptions, UpdateService } from "../../src/api/update_service.ts";
import type { UpdateOffer, UpdateStatus } from "../../src/api/resources/updates.ts";
import { WindlassError } from "../../src/errors/windlass_error.ts";

/** A version that a channel could have. */
export const UPDATE_OFFER: UpdateOffer = {
  version: "1.2.0",
  published: "2026-11-20T08:00:00.000Z",
  severity: "normal",
  notes: "Faster starts.",
  reason: "newer",
  means: "install",
  downloadBytes: 1_800_000,
  fullBytes: 142_000_000,
  dockerd: "28.5.2",
  undo: true,
};

/** The status of an installation that has just been asked to check, and has found nothing. */
export const UPDATE_STATUS: UpdateStatus = {
  current: { version: "1.1.0", id: "embedded", trial: false },
  mode: "download",
  channel: "stable",
  hasChannel: true,
  managedBy: "direct",
  lastCheck: "2026-11-22T08:00:00.000Z",
  nextCheck: "2026-11-22T14:00:00.000Z",
  noOffer: "Windlass 1.1.0 is the latest version in the channel stable",
  step: "idle",
  waitsFor: [],
  bad: [],
  pinned: null,
  skipped: [],
};

/** Updates that only remember what they were asked for. The channel has {@linkcode UPDATE_OFFER}. */
export class FakeUpdates implements UpdateService {
  readonly asked: string[] = [];
  #status: UpdateStatus;

  constructor(changes: Partial<UpdateStatus> = {}) {
    this.#status = { ...UPDATE_STATUS, ...changes };
  }

  status(): UpdateStatus {
    return this.#status;
  }

  check(): Promise<void> {
    this.asked.push("check");
    const { noOffer: _, ...status } = this.#status;
    this.#status = { ...status, offer: UPDATE_OFFER };
    return Promise.resolve();
  }

  download(): Promise<void> {
    this.asked.push("download");
    if (this.#status.offer === undefined) {
      return Promise.reject(new WindlassError("WL_UPDATE_NOTHING", "Cannot download: nothing is offered"));
    }
    this.#status = { ...this.#status, step: "ready" };
    return Promise.resolve();
  }

  install(options: InstallOptions): Promise<void> {
    this.asked.push(`install ${JSON.stringify(options)}`);
    const waits = options.when === "idle";
    this.#status = {
      ...this.#status,
      step: waits ? "waiting-for-idle" : "switching",
      waitsFor: waits ? [{ what: "container web", since: null }] : [],
    };
    return Promise.resolve();
  }

  rollback({ when }: Pick<InstallOptions, "when">): Promise<void> {
    this.asked.push(`rollback ${when}`);
    this.#status = { ...this.#status, step: "switching" };
    return Promise.resolve();
  }

  pin(version?: string): Promise<void> {
    this.#status = { ...this.#status, pinned: version ?? null };
    return Promise.resolve();
  }

  skip(version: string): Promise<void> {
    this.#status = { ...this.#status, skipped: [version, ...this.#status.skipped] };
    return Promise.resolve();
  }
}
