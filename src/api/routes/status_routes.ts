import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import { Status } from "../schemas.ts";

/** What these routes are a function of. */
export interface StatusDependencies {
  status(): Status;
}

const status = createRoute({
  method: "get",
  path: "/v1/status",
  operationId: "getStatus",
  summary: "What runs",
  responses: { 200: json(Status, "The status, from memory"), ...PROBLEMS },
});

/** `GET /v1/status` */
export function statusRoutes(dependencies: StatusDependencies): OpenAPIHono {
  return newRouteGroup().openapi(status, (context) => context.json(dependencies.status(), 200));
}
