import { bodyLimit } from "hono/body-limit";
import { ERROR_CODES } from "../errors/error_codes.ts";
import { VERSION } from "../version.ts";
import { API_LIMITS } from "./api_limits.ts";
import { EventStreams } from "./event_streams.ts";
import type { RequestHandler } from "./local_only.ts";
import { problemResponse, responseToError } from "./problem_response.ts";
import { newRouteGroup } from "./route_group.ts";
import { type DiagnosticDependencies, diagnosticRoutes } from "./routes/diagnostic_routes.ts";
import { type EngineDependencies, engineRoutes } from "./routes/engine_routes.ts";
import { type EventDependencies, eventRoutes } from "./routes/event_routes.ts";
import { type HostDependencies, hostRoutes } from "./routes/host_routes.ts";
import { type LogDependencies, logRoutes } from "./routes/log_routes.ts";
import { type PageDependencies, pageRoutes } from "./routes/page_routes.ts";
import { type PortDependencies, portRoutes } from "./routes/port_routes.ts";
import { type SettingsDependencies, settingsRoutes } from "./routes/settings_routes.ts";
import { type StatusDependencies, statusRoutes } from "./routes/status_routes.ts";
import { type UpdateDependencies, updateRoutes } from "./routes/update_routes.ts";

/** What the API is a function of: what each of its groups needs. */
export type ApiDependencies =
  & StatusDependencies
  & EventDependencies
  & LogDependencies
  & EngineDependencies
  & HostDependencies
  & PortDependencies
  & SettingsDependencies
  & UpdateDependencies
  & DiagnosticDependencies
  & PageDependencies;

/** The routes of the control API. Who may use them is decided before, by `localOnly`. */
export function createApi(dependencies: ApiDependencies): RequestHandler {
  const streams = new EventStreams();
  const api = newRouteGroup();
  api.onError(responseToError);
  api.notFound(({ req }) =>
    problemResponse(404, {
      code: "WL_API_NOT_FOUND",
      message: `Cannot answer: there is no ${req.method} ${req.path}`,
    })
  );
  api.use(bodyLimit({ maxSize: API_LIMITS.bodyBytes, onError: tooLarge }));
  for (
    const group of [
      statusRoutes(dependencies),
      eventRoutes(dependencies, streams),
      logRoutes(dependencies, streams),
      engineRoutes(dependencies),
      hostRoutes(dependencies),
      portRoutes(dependencies),
      settingsRoutes(dependencies),
      updateRoutes(dependencies),
      diagnosticRoutes(dependencies),
      pageRoutes(dependencies),
    ]
  ) api.route("/", group);
  api.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "The token of the file api.json in the home folder",
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
