import type { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { ERROR_CODES } from "../errors/error_codes.ts";
import { VERSION } from "../version.ts";
import { API_LIMITS } from "./api_limits.ts";
import { EventStreams } from "./event_streams.ts";
import type { RequestHandler } from "./local_only.ts";
import { problemResponse } from "./problem_response.ts";
import { answerToError, jsonBodiesOnly } from "./request_body.ts";
import { newRouteGroup } from "./route_group.ts";
import { debugRoutes } from "./routes/debug_routes.ts";
import { diagnosticRoutes } from "./routes/diagnostic_routes.ts";
import { engineRoutes } from "./routes/engine_routes.ts";
import { eventRoutes } from "./routes/event_routes.ts";
import { hostRoutes } from "./routes/host_routes.ts";
import { logRoutes } from "./routes/log_routes.ts";
import { networkRoutes } from "./routes/network_routes.ts";
import { pageRoutes } from "./routes/page_routes.ts";
import { portRoutes } from "./routes/port_routes.ts";
import { settingsRoutes } from "./routes/settings_routes.ts";
import { statusRoutes } from "./routes/status_routes.ts";
import { updateRoutes } from "./routes/update_routes.ts";
import { workspaceRoutes } from "./routes/workspace_routes.ts";

/** Every group of routes. A new group is added to this list and nowhere else. */
const ROUTE_GROUPS = [
  statusRoutes,
  eventRoutes,
  logRoutes,
  engineRoutes,
  hostRoutes,
  portRoutes,
  networkRoutes,
  settingsRoutes,
  updateRoutes,
  workspaceRoutes,
  diagnosticRoutes,
  debugRoutes,
  pageRoutes,
];

/** The dependencies of every group in {@linkcode ROUTE_GROUPS} together: their intersection. */
export type ApiDependencies = [typeof ROUTE_GROUPS[number]] extends
  [(dependencies: infer Dependencies, streams: EventStreams) => OpenAPIHono] ? Dependencies : never;

/** The routes of the control API. `localOnly` has authorized a request before it gets here. */
export function createApi(dependencies: ApiDependencies): RequestHandler {
  const streams = new EventStreams();
  const api = newRouteGroup();
  api.onError(answerToError);
  api.notFound(({ req }) =>
    problemResponse(404, {
      code: "WL_API_NOT_FOUND",
      message: `Cannot answer: there is no ${req.method} ${req.path}`,
    })
  );
  api.use(bodyLimit({ maxSize: API_LIMITS.bodyBytes, onError: tooLarge }));
  api.use(jsonBodiesOnly);
  for (const routes of ROUTE_GROUPS) api.route("/", routes(dependencies, streams));
  api.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "The token in the file api.json in the home folder",
  });
  api.doc31("/v1/openapi.json", ({ req }) => ({
    openapi: "3.1.0",
    info: { title: "Windlass", version: VERSION, description: "The control API of a running Windlass." },
    servers: [{ url: new URL(req.url).origin }],
    security: [{ token: [] }],
  }));
  return { fetch: (request) => api.fetch(request) };
}

function tooLarge(): Response {
  return problemResponse(413, {
    code: "WL_API_TOO_LARGE",
    message: `Cannot answer: the body of the request has more than ${API_LIMITS.bodyBytes} bytes`,
    remedy: ERROR_CODES.WL_API_TOO_LARGE,
  });
}
