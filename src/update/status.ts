import { WindlassError } from "../errors/windlass_error.ts";
import { problemOf } from "../errors/problem_of.ts";
import type { KeepReason } from "../api/resources/engine.ts";
import type { Problem } from "../api/resources/problems.ts";
import type { UpdateOffer, UpdateStatus, UpdateStepName } from "../api/resources/updates.ts";
import type { InstallationOwner } from "../install/installation_owner.ts";
import type { Settings } from "../settings/settings_schema.ts";
import { ownersCommand, updateOwner } from "./decision/ownership.ts";
import type { Offer } from "./offer/find_offer.ts";
import type { StepProgress } from "./ports.ts";
import type { UpdateState } from "./records/state.ts";

/** The steps in which work is done, in words for the user. */
const STAGES: Readonly<Partial<Record<UpdateStepName, string>>> = {
  checking: "Checking for updates",
  downloading: "Downloading",
  preparing: "Preparing the new engine",
  switching: "Switching",
  trial: "Checking the health of the new version",
};

/** The input of {@linkcode updateStatus}. */
export interface StatusFacts {
  readonly running: { readonly id: string; readonly version: string };
  readonly onTrial: boolean;
  readonly values: Settings;
  readonly owner: InstallationOwner;
  readonly hasChannel: boolean;
  readonly state: UpdateState;
  /** The version that a rollback leads to, if there is one. */
  readonly previous: { readonly id: string; readonly version: string } | undefined;
  readonly nextCheck: Date | undefined;
  readonly offer: Offer | undefined;
  readonly noOffer: string | undefined;
  readonly name: UpdateStepName;
  readonly progress?: StepProgress | undefined;
  readonly waitsFor: readonly KeepReason[];
  readonly problem: Problem | undefined;
}

/** The status as the API reports it. Pure. */
export function updateStatus(facts: StatusFacts): UpdateStatus {
  const { running, values, state, previous, offer, noOffer, name: step, progress, problem } = facts;
  const managedBy = updateOwner(facts.owner, values["update.selfManaged"]);
  const stage = STAGES[step];
  return {
    current: { version: running.version, id: running.id, trial: facts.onTrial },
    ...previous === undefined ? {} : { previous: { version: previous.version, id: previous.id } },
    mode: values["update.mode"],
    channel: values["update.channel"],
    hasChannel: facts.hasChannel,
    managedBy,
    lastCheck: state.lastCheck,
    nextCheck: facts.nextCheck?.toISOString() ?? null,
    ...offer === undefined ? {} : { offer: offerAnswer(offer, managedBy) },
    ...noOffer === undefined || offer !== undefined ? {} : { noOffer },
    step,
    ...stage === undefined ? {} : { stage },
    ...progress === undefined ? {} : { progress: { done: progress.done, total: progress.total } },
    waitsFor: step === "waiting-for-idle" ? [...facts.waitsFor] : [],
    ...problem === undefined ? {} : { problem },
    bad: state.bad.map(({ version, reason }) => ({ version, reason })).reverse(),
    pinned: state.pinned,
    skipped: [...state.skipped],
  };
}

function offerAnswer({ release, decision, downloadBytes }: Offer, managedBy: InstallationOwner): UpdateOffer {
  const command = decision.means === "package-manager" ? ownersCommand(managedBy) : undefined;
  return {
    version: release.version,
    published: release.published,
    severity: release.severity,
    notes: release.notes,
    ...release.notesUrl === undefined ? {} : { notesUrl: release.notesUrl },
    reason: decision.reason,
    means: decision.means,
    ...command === undefined ? {} : { command },
    downloadBytes,
    fullBytes: release.executable.length,
    dockerd: release.dockerd,
    undo: release.undo,
  };
}

/** What the user is told of the last change, as long as no other has been made. Pure. */
export function undoneWarnings({ lastFailure }: UpdateState, running: string): Problem[] {
  if (lastFailure === null || lastFailure.version === running) return [];
  const { version, reason } = lastFailure;
  const message = `Cannot run Windlass ${version} on this machine, so ${running} stays in use: ${reason}`;
  return [problemOf(new WindlassError("WL_UPDATE_UNDONE", message))];
}
