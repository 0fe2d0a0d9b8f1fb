import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { StartReport } from "../resources/start_report.ts";
import { StreamsReport } from "../resources/streams_report.ts";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";

/** Dependencies of {@linkcode debugRoutes}. */
export interface DebugDependencies {
  /** Never rejects, even if the engine is stuck. */
  streamsReport(): Promise<StreamsReport>;
  startReport(): StartReport;
}

const streams = createRoute({
  method: "get",
  path: "/v1/debug/streams",
  operationId: "getStreamsReport",
  summary: "What each request of a Docker client is waiting for",
  description: "For debugging. The form of the answer may change with any version. " +
    "Takes about 2 s if the agent does not answer.",
  responses: { 200: json(StreamsReport, "Connections, link and agent at this moment"), ...PROBLEMS },
});

const start = createRoute({
  method: "get",
  path: "/v1/debug/start",
  operationId: "getStartReport",
  summary: "Where the time of the engine's last start went",
  description: "For debugging. The form of the answer may change with any version.",
  responses: { 200: json(StartReport, "The last start of the engine, or the one under way"), ...PROBLEMS },
});

/** `GET /v1/debug/streams`, `GET /v1/debug/start` */
export function debugRoutes(dependencies: DebugDependencies): OpenAPIHono {
  return newRouteGroup().openapi(
    streams,
    async (context) => context.json(await dependencies.streamsReport(), 200),
  ).openapi(start, (context) => context.json(dependencies.startReport(), 200));
}
