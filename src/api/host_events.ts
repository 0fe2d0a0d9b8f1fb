import type { HostEvent } from "./resources/events.ts";
import type { Status } from "./resources/status.ts";

/**
 * The current status and every change of it, as events. A slow reader may miss intermediate states, but never the
 * latest one: each event is computed when it is read, from the status that the reader has seen last.
 */
export async function* hostEvents(statuses: AsyncIterable<Status>): AsyncGenerator<HostEvent> {
  let seen: Status | undefined;
  for await (const status of statuses) {
    yield* eventsBetween(seen, status);
    seen = status;
  }
}

/** The events that take a reader from the status it has seen to the current one. Pure. */
export function eventsBetween(seen: Status | undefined, now: Status): readonly HostEvent[] {
  if (seen === undefined) return [{ type: "status", status: now }, ...warningEvents([], now.warnings)];
  const events: HostEvent[] = [];
  const { stage = "", progress } = now.engine;
  if (!isSame(withoutProgress(seen), withoutProgress(now))) events.push({ type: "status", status: now });
  else {
    if (progress !== undefined && !isSame(progress, seen.engine.progress)) {
      events.push({ type: "progress", stage, ...progress });
    }
    if (now.update?.progress !== undefined && !isSame(now.update.progress, seen.update?.progress)) {
      events.push({ type: "update-progress", step: now.update.step, ...now.update.progress });
    }
  }
  const { workspaces } = now;
  if (workspaces !== undefined && !isSame(seen.workspaces, workspaces)) {
    events.push({ type: "workspaces", workspaces });
  }
  return [...events, ...warningEvents(seen.warnings, now.warnings)];
}

function warningEvents(before: Status["warnings"], after: Status["warnings"]): HostEvent[] {
  const event = (active: boolean) => (warning: Status["warnings"][number]): HostEvent => ({
    type: "warning",
    active,
    warning,
  });
  const gone = before.filter(({ code }) => !after.some((other) => other.code === code));
  const raised = after.filter((warning) => !before.some((other) => isSame(warning, other)));
  return [...gone.map(event(false)), ...raised.map(event(true))];
}

/** Progress changes many times a second and must not cause the whole status to be sent each time. */
function withoutProgress({ engine: { progress: _, ...engine }, update, ...status }: Status): unknown {
  return { ...status, engine, update: { ...update, progress: undefined } };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
