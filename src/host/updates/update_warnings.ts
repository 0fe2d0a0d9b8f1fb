import type { Problem } from "../../api/resources/problems.ts";
import type { UpdateOffer, UpdateStatus } from "../../api/resources/updates.ts";
import { problemOf } from "../../errors/problem_of.ts";
import { WindlassError } from "../../errors/windlass_error.ts";

/** A machine that was off or travelled for a week has no reason to worry; one that cannot ask for longer has. */
const SILENT_MILLISECONDS = 7 * 24 * 60 * 60_000;

/** Failures that pass by themselves; they are reported only when they last. */
const PASSING: readonly string[] = ["WL_UPDATE_UNREACHABLE", "WL_UPDATE_STALLED", "WL_UPDATE_BUSY"];
/** Not failures of the machine: a build that follows no channel, or a request that led to nothing. */
const SILENT: readonly string[] = ["WL_UPDATE_NO_CHANNEL", "WL_UPDATE_NOTHING"];

/** What of the updates belongs among the warnings of the status. Pure. */
export function updateWarnings(update: UpdateStatus, now: Date): Problem[] {
  const { offer, problem } = update;
  return [
    ...problem !== undefined && isReported(problem, update, now) ? [problem] : [],
    ...offer !== undefined && shouldAnnounce(update) ? [offerProblem(offer, update)] : [],
  ];
}

function isReported({ code }: Problem, { lastCheck }: UpdateStatus, now: Date): boolean {
  if (SILENT.includes(code)) return false;
  if (!PASSING.includes(code) || lastCheck === null) return true;
  return now.getTime() - Date.parse(lastCheck) > SILENT_MILLISECONDS;
}

/** An offer is not announced while it is being worked on, or if the user has turned updates off. */
function shouldAnnounce({ mode, step }: UpdateStatus): boolean {
  return mode !== "off" && (step === "idle" || step === "ready");
}

function offerProblem(offer: UpdateOffer, { step, current, managedBy }: UpdateStatus): Problem {
  const subject = `Windlass ${offer.version} ${step === "ready" ? "is ready" : "is available"}`;
  const message = [
    offer.reason === "withdrawn" ? `${subject} to replace ${current.version}, which was withdrawn` : subject,
    ...offer.severity === "security" ? ["it fixes a security vulnerability"] : [],
  ].join("; ");
  switch (offer.means) {
    case "install":
      return problemOf(new WindlassError("WL_UPDATE_AVAILABLE", message));
    case "package-manager": {
      const by = managedBy === "managed" ? "an administrator" : managedBy;
      const state = `${message}; this one was installed by ${by}`;
      const { command } = offer;
      const remedy = command === undefined ? {} : { remedy: `Run '${command}'.` };
      return problemOf(new WindlassError("WL_UPDATE_MANAGED", state, remedy));
    }
    case "executable":
      return problemOf(new WindlassError("WL_UPDATE_TOO_NEW", `${message}; this version cannot install it`));
  }
}
