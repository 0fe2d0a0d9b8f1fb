import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { ACCEPTED, newRouteGroup, PROBLEMS } from "../route_group.ts";

export interface HostDependencies {
  /** Starts the shutdown of the host and returns at once. `force` kills the containers instead of waiting for them. */
  stop(force: boolean): void;
}

const stop = createRoute({
  method: "post",
  path: "/v1/stop",
  operationId: "stopHost",
  summary: "Stop the containers, the engine and Windlass itself",
  request: {
    query: z.object({
      force: z.enum(["true", "false"]).optional().openapi({
        description: "Kill the containers instead of waiting for them, even if a stop is already in progress",
      }),
    }),
  },
  responses: { ...ACCEPTED, ...PROBLEMS },
});

/** `POST /v1/stop` */
export function hostRoutes(dependencies: HostDependencies): OpenAPIHono {
  return newRouteGroup().openapi(stop, (context) => {
    dependencies.stop(context.req.valid("query").force === "true");
    return context.body(null, 202);
  });
}
