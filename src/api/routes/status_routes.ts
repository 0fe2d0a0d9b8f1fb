import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import { Status } from "../resources/status.ts";

export interface StatusDependencies {
  status(): Status;
}

const status = createRoute({
  method: "get",
  path: "/v1/status",
  operationId: "getStatus",
  summary: "The state of the engine, warnings, and updates",
  responses: { 200: json(Status, "The status; answered from memory"), ...PROBLEMS },
});

/** `GET /v1/status` */
export function statusRoutes(dependencies: StatusDependencies): OpenAPIHono {
  return newRouteGroup().openapi(status, (context) => context.json(dependencies.status(), 200));
}
