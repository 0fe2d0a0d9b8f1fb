import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { ACCEPTED, newRouteGroup, PROBLEMS } from "../route_group.ts";

/** What these routes are a function of. */
export interface HostDependencies {
  /** Begins the end of the host; returns at once. */
  stop(): void;
}

const stop = createRoute({
  method: "post",
  path: "/v1/stop",
  operationId: "stopHost",
  summary: "Stop the containers, the engine and Windlass itself",
  responses: { ...ACCEPTED, ...PROBLEMS },
});

/** `POST /v1/stop` */
export function hostRoutes(dependencies: HostDependencies): OpenAPIHono {
  return newRouteGroup().openapi(stop, (context) => {
    dependencies.stop();
    return context.body(null, 202);
  });
}
