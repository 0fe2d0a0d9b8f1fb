import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { ACCEPTED, newRouteGroup, PROBLEMS } from "../route_group.ts";

/** Each call starts its work and returns at once; the status reports the progress. */
export interface EngineDependencies {
  /** Starts the engine; retries at once if it has failed. */
  startEngine(): void;
  /** Stops the containers and the engine; the next request from a Docker client starts it again. */
  stopEngine(): void;
  restartEngine(): void;
}

const start = createRoute({
  method: "post",
  path: "/v1/engine/start",
  operationId: "startEngine",
  summary: "Start the engine, or retry at once if it has failed",
  responses: { ...ACCEPTED, ...PROBLEMS },
});

const stop = createRoute({
  method: "post",
  path: "/v1/engine/stop",
  operationId: "stopEngine",
  summary: "Stop the containers and the engine",
  responses: { ...ACCEPTED, ...PROBLEMS },
});

const restart = createRoute({
  method: "post",
  path: "/v1/engine/restart",
  operationId: "restartEngine",
  summary: "Stop the engine and start it again",
  responses: { ...ACCEPTED, ...PROBLEMS },
});

/** `POST /v1/engine/start`, `stop` and `restart` */
export function engineRoutes(dependencies: EngineDependencies): OpenAPIHono {
  return newRouteGroup()
    .openapi(start, (context) => {
      dependencies.startEngine();
      return context.body(null, 202);
    })
    .openapi(stop, (context) => {
      dependencies.stopEngine();
      return context.body(null, 202);
    })
    .openapi(restart, (context) => {
      dependencies.restartEngine();
      return context.body(null, 202);
    });
}
