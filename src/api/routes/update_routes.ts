import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { WindlassError } from "../../errors/windlass_error.ts";
import { requireLocalBundle } from "../network_folders.ts";
import type { UpdateService } from "../update_service.ts";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import { UpdateInstallation, UpdatePin, UpdateRollback, UpdateSkip } from "../resources/update_requests.ts";
import { UpdateStatus } from "../resources/updates.ts";

export interface UpdateDependencies {
  /** Absent if the host could not open its records of updates; it then runs without updates. */
  readonly updates?: UpdateService | undefined;
}

const ANSWER = { 200: json(UpdateStatus, "The status of updates after the request"), ...PROBLEMS };

const status = createRoute({
  method: "get",
  path: "/v1/update",
  operationId: "getUpdate",
  summary: "The running version, the available one, and the work in progress",
  responses: { 200: json(UpdateStatus, "The status of updates; answered from memory"), ...PROBLEMS },
});

const check = createRoute({
  method: "post",
  path: "/v1/update/check",
  operationId: "checkForUpdate",
  summary: "Check the channel for a newer version now",
  responses: ANSWER,
});

const download = createRoute({
  method: "post",
  path: "/v1/update/download",
  operationId: "downloadUpdate",
  summary: "Start to download and prepare the offered version; the events report progress",
  responses: ANSWER,
});

const install = createRoute({
  method: "post",
  path: "/v1/update/install",
  operationId: "installUpdate",
  summary: "Start to install the offered version, or a given one; the events report progress",
  request: body(UpdateInstallation),
  responses: ANSWER,
});

const rollback = createRoute({
  method: "post",
  path: "/v1/update/rollback",
  operationId: "rollBackUpdate",
  summary: "Start to roll back to the previous version; the events report progress",
  request: body(UpdateRollback),
  responses: ANSWER,
});

const pin = createRoute({
  method: "post",
  path: "/v1/update/pin",
  operationId: "pinVersion",
  summary: "Limit updates to a version or its first numbers, or remove that limit",
  request: body(UpdatePin),
  responses: ANSWER,
});

const skip = createRoute({
  method: "post",
  path: "/v1/update/skip",
  operationId: "skipVersion",
  summary: "Hide a version",
  request: body(UpdateSkip),
  responses: ANSWER,
});

/** `GET /v1/update`, and `POST /v1/update/check`, `download`, `install`, `rollback`, `pin` and `skip` */
export function updateRoutes(dependencies: UpdateDependencies): OpenAPIHono {
  const updates = dependencies.updates ?? NO_UPDATES;
  return newRouteGroup()
    .openapi(status, (context) => context.json(updates.status(), 200))
    .openapi(check, async (context) => {
      await updates.check(context.req.raw.signal);
      return context.json(updates.status(), 200);
    })
    .openapi(download, async (context) => {
      await updates.download(context.req.raw.signal);
      return context.json(updates.status(), 200);
    })
    .openapi(install, async (context) => {
      const { when = "idle", ...options } = context.req.valid("json");
      if (options.from !== undefined) requireLocalBundle(options.from);
      await updates.install({ when, ...options }, context.req.raw.signal);
      return context.json(updates.status(), 200);
    })
    .openapi(rollback, async (context) => {
      const { when = "idle" } = context.req.valid("json");
      await updates.rollback({ when });
      return context.json(updates.status(), 200);
    })
    .openapi(pin, async (context) => {
      await updates.pin(context.req.valid("json").version ?? undefined);
      return context.json(updates.status(), 200);
    })
    .openapi(skip, async (context) => {
      await updates.skip(context.req.valid("json").version);
      return context.json(updates.status(), 200);
    });
}

function body<
  Schema extends typeof UpdateInstallation | typeof UpdateRollback | typeof UpdatePin | typeof UpdateSkip,
>(
  schema: Schema,
) {
  return { body: { required: true, content: { "application/json": { schema } } } } as const;
}

/** Refuses every request. */
const NO_UPDATES: UpdateService = {
  status: unavailable,
  check: unavailable,
  download: unavailable,
  install: unavailable,
  rollback: unavailable,
  pin: unavailable,
  skip: unavailable,
};

function unavailable(): never {
  throw new WindlassError(
    "WL_UPDATE_UNAVAILABLE",
    "Cannot update: the folder 'update' of the home could not be used when Windlass started",
  );
}
