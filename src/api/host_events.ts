import type { HostEvent, Status } from "./schemas.ts";

/**
 * The status now and every change of it, as events. A reader that is slow misses what was in between, never what
 * is so in the end: each event is made when it is read, from what the reader has seen last.
 */
export async function* hostEvents(statuses: AsyncIterable<Status>): AsyncGenerator<HostEvent> {
  let seen: Status | undefined;
  for await (const status of statuses) {
    yield* eventsBetween(seen, status);
    seen = status;
  }
}

/** What to tell a reader who has seen one status and not yet the other. Pure. */
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

/** Progress comes many times a second; the whole status would be sent with it each time. */
function withoutProgress({ engine: { progress: _, ...engine }, update, ...status }: Status): unknown {
  return { ...status, engine, update: { ...update, progress: undefined } };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
