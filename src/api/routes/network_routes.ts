import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { NetworkCheck, NetworkCheckRequest, NetworkReport } from "../resources/network.ts";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";

export interface NetworkDependencies {
  network(): NetworkReport;
  /** @throws {WindlassError} `WL_NETWORK_HOST_INVALID` if `host` is neither `HOST` nor `HOST:PORT`. */
  checkNetwork(host: string, signal: AbortSignal): Promise<NetworkCheck>;
}

const network = createRoute({
  method: "get",
  path: "/v1/network",
  operationId: "getNetwork",
  summary: "How requests of the engine leave this machine: ways, proxies, certificates, and the last hosts",
  responses: { 200: json(NetworkReport, "The network as Windlass uses it"), ...PROBLEMS },
});

const check = createRoute({
  method: "post",
  path: "/v1/network/check",
  operationId: "checkNetwork",
  summary: "Go the way to a host step by step, as the engine would; takes up to a minute",
  request: { body: { content: { "application/json": { schema: NetworkCheckRequest } }, required: true } },
  responses: { 200: json(NetworkCheck, "Each step, and why it failed"), ...PROBLEMS },
});

/** `GET /v1/network` and `POST /v1/network/check` */
export function networkRoutes(dependencies: NetworkDependencies): OpenAPIHono {
  return newRouteGroup()
    .openapi(network, (context) => context.json(dependencies.network(), 200))
    .openapi(check, async ({ req, json }) => {
      return json(await dependencies.checkNetwork(req.valid("json").host, req.raw.signal), 200);
    });
}
