import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { EventStreams, SentEvent } from "../event_streams.ts";
import { hostEvents } from "../host_events.ts";
import { eventStream, newRouteGroup, PROBLEMS } from "../route_group.ts";
import { HostEvent, type Status } from "../schemas.ts";

/** What these routes are a function of. */
export interface EventDependencies {
  /** The status now and after changes, until the signal ends it. */
  statusChanges(signal: AbortSignal): AsyncIterable<Status>;
}

const events = createRoute({
  method: "get",
  path: "/v1/events",
  operationId: "followEvents",
  summary: "Changes of state, progress of long work, and warnings, as they happen",
  description: "Begins with the status as it is. A reader that is slow misses what was in between.",
  responses: { 200: eventStream(HostEvent, "Events named after their type"), ...PROBLEMS },
});

/** `GET /v1/events` */
export function eventRoutes(dependencies: EventDependencies, streams: EventStreams): OpenAPIHono {
  return newRouteGroup().openapi(
    events,
    () => streams.start((signal) => named(hostEvents(dependencies.statusChanges(signal)))),
  );
}

async function* named(events: AsyncIterable<HostEvent>): AsyncGenerator<SentEvent> {
  for await (const event of events) yield { event: event.type, data: event };
}
