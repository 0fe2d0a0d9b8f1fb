import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import { PublishedPorts } from "../resources/ports.ts";

export interface PortDependencies {
  ports(): PublishedPorts;
}

const ports = createRoute({
  method: "get",
  path: "/v1/ports",
  operationId: "getPorts",
  summary: "The ports of this machine that lead into the engine, and their traffic",
  responses: { 200: json(PublishedPorts, "Every open port"), ...PROBLEMS },
});

/** `GET /v1/ports` */
export function portRoutes(dependencies: PortDependencies): OpenAPIHono {
  return newRouteGroup().openapi(ports, (context) => context.json(dependencies.ports(), 200));
}
