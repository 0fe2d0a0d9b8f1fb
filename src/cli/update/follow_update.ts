import type { UpdateStatus } from "../../api/resources/updates.ts";
import type { WindlassClient } from "../../client/windlass_client.ts";
import type { ErrorCode } from "../../errors/error_codes.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import { sleep } from "../../timing/sleep.ts";
import type { ProgressLine } from "../text/progress_line.ts";

/** Longer than all that the host and its guardian allow a new version to take, rollback included. */
const SWITCH_MILLISECONDS = 15 * 60_000;
/** Between two checks for the host while it is replaced: a person waits, and each check is cheap. */
const POLL_MILLISECONDS = 500;
/** A host answers from memory; one that takes this long is being replaced. */
const ANSWER_MILLISECONDS = 5_000;

/** Dependencies of {@linkcode followWork} and {@linkcode followSwitch}. */
export interface UpdateFollower {
  readonly client: Pick<WindlassClient, "statusChanges"> & {
    readonly update: Pick<WindlassClient["update"], "status">;
  };
  readonly line: Pick<ProgressLine, "show">;
  readonly signal: AbortSignal;
  /** Called at each check without an answer, with the milliseconds since the last one: both hosts may have died. */
  readonly revive?: (silentMilliseconds: number) => Promise<void>;
}

/** Where the work on a version has come to, as far as it goes by itself. */
export type UpdateOutcome = "ready" | "waiting-for-idle" | "switching" | "done";

/**
 * Shows how far the work on a version is, until it goes no further by itself. `until` says whether a version that is
 * ready is the end, as of a download, or will be switched to.
 *
 * @throws {WindlassError} What it has failed with.
 */
export async function followWork(
  { client, line, signal }: UpdateFollower,
  begun: UpdateStatus,
  until: "ready" | "switch",
): Promise<{ readonly outcome: UpdateOutcome; readonly status: UpdateStatus }> {
  let last = begun;
  for await (const status of followed(client, begun, signal)) {
    last = status;
    line.show(status);
    if (status.step === "switching") return { outcome: "switching", status };
    if (status.step === "waiting-for-idle") return { outcome: "waiting-for-idle", status };
    if (isAtRest(status)) {
      if (status.problem !== undefined) throw problemError(status);
      if (status.step === "idle") return { outcome: "done", status };
      if (until === "ready") return { outcome: "ready", status };
    }
  }
  signal.throwIfAborted();
  if (until === "switch") return { outcome: "switching", status: last }; // the host has ended: that is the switch
  throw new WindlassError("WL_HOST_NOT_RUNNING", "Cannot continue the update: the host has ended");
}

/** The status that is known, then every other. */
async function* followed(
  client: UpdateFollower["client"],
  begun: UpdateStatus,
  signal: AbortSignal,
): AsyncGenerator<UpdateStatus> {
  yield begun;
  for await (const { update } of client.statusChanges({ signal })) if (update !== undefined) yield update;
}

function isAtRest({ step }: UpdateStatus): boolean {
  return step === "idle" || step === "ready";
}

/**
 * Waits until another version than the one that ran is there for good, or the switch was put off because something has
 * begun to run (step `waiting-for-idle`).
 *
 * @param from What ran when the switch was asked for.
 * @throws {WindlassError} Why the previous one runs again; `WL_HOST_SILENT` if neither comes up.
 */
export async function followSwitch(
  { client, line, signal, revive }: UpdateFollower,
  from: UpdateStatus["current"],
): Promise<UpdateStatus> {
  const limit = performance.now() + SWITCH_MILLISECONDS;
  let answered = performance.now();
  line.show({ stage: "Switching" }); // no host answers for most of this time
  while (performance.now() < limit) {
    const status = await askUpdate(client, signal);
    if (status === undefined) await revive?.(performance.now() - answered);
    else answered = performance.now();
    if (status !== undefined && status.step !== "switching") {
      if (status.step === "waiting-for-idle") return status;
      if (status.step !== "trial") {
        if (status.current.id === from.id) throw problemError(status);
        return status;
      }
      line.show({ stage: status.stage });
    }
    await sleep(POLL_MILLISECONDS, signal);
    signal.throwIfAborted();
  }
  throw new WindlassError(
    "WL_HOST_SILENT",
    `Cannot leave Windlass ${from.version}: no version has answered for ${
      SWITCH_MILLISECONDS / 60_000
    } minutes`,
  );
}

/** Nothing while no host answers: one has ended, and the other not yet begun. */
async function askUpdate(
  client: UpdateFollower["client"],
  signal: AbortSignal,
): Promise<UpdateStatus | undefined> {
  try {
    return await client.update.status({
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MILLISECONDS)]),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (isWindlassError(error)) return undefined;
    throw error;
  }
}

/** The host's own words; the host is of this build or the next, whose codes may be new. */
function problemError({ problem, current, bad }: UpdateStatus): WindlassError {
  if (problem !== undefined) {
    return new WindlassError(problem.code as ErrorCode, problem.message, { remedy: problem.remedy });
  }
  const reason = bad.at(-1)?.reason ?? "it did not start";
  return new WindlassError("WL_UPDATE_UNDONE", `Cannot leave Windlass ${current.version}: ${reason}`);
}
