import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { EventStreams, SentEvent } from "../event_streams.ts";
import { hostEvents } from "../host_events.ts";
import { eventStream, newRouteGroup, PROBLEMS } from "../route_group.ts";
import { HostEvent } from "../resources/events.ts";
import type { Status } from "../resources/status.ts";

export interface EventDependencies {
  /** The current status, and again after each change, until the signal aborts. */
  statusChanges(signal: AbortSignal): AsyncIterable<Status>;
}

const events = createRoute({
  method: "get",
  path: "/v1/events",
  operationId: "followEvents",
  summary: "Changes of state, progress, and warnings, as they happen",
  description: "The first event is the current status. A slow reader misses intermediate states.",
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
