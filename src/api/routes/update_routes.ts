import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { WindlassError } from "../../errors/windlass_error.ts";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import { UpdateInstallation, UpdatePin, UpdateRollback, UpdateSkip, UpdateStatus } from "../schemas.ts";

/** When a version is switched to, and where it comes from. */
export interface InstallOptions {
  /** `idle`: when no container and no build runs. */
  readonly when: "idle" | "now";
  /** A version to install whatever speaks against it; the channel or bundle must have it. */
  readonly version?: string | undefined;
  /** Absolute path of a bundle file. */
  readonly from?: string | undefined;
}

/**
 * What the host does about updates when it is asked. Each rejects with a WindlassError that says why not. What takes
 * long is only begun: the status tells how far it is, and what it has failed with.
 */
export interface UpdateService {
  status(): UpdateStatus;
  /** Asks the channel now, whatever the mode and the roll-out; resolves when the status has the answer. */
  check(signal: AbortSignal): Promise<void>;
  /** Asks the channel if nothing is offered yet, then begins to download and to prepare. */
  download(signal: AbortSignal): Promise<void>;
  /** As `download`; when all is prepared, the switch follows, or waits for an idle moment. */
  install(options: InstallOptions, signal: AbortSignal): Promise<void>;
  /** Begins to prepare the previous version; the switch follows, or waits for an idle moment. */
  rollback(options: Pick<InstallOptions, "when">): Promise<void>;
  /** Keeps updates to a version or its first numbers; without one, takes the pin away. */
  pin(version?: string): Promise<void>;
  /** Has a version not be offered. */
  skip(version: string): Promise<void>;
}

/** What these routes are a function of. */
export interface UpdateDependencies {
  /** Absent where the records of updates cannot be had: the host runs without. */
  readonly updates?: UpdateService | undefined;
}

const ANSWER = { 200: json(UpdateStatus, "What has come of it so far"), ...PROBLEMS };

const status = createRoute({
  method: "get",
  path: "/v1/update",
  operationId: "getUpdate",
  summary: "Which version runs, which could, and what is being done about it",
  responses: { 200: json(UpdateStatus, "From memory"), ...PROBLEMS },
});

const check = createRoute({
  method: "post",
  path: "/v1/update/check",
  operationId: "checkForUpdate",
  summary: "Ask the channel now for a newer version",
  responses: ANSWER,
});

const download = createRoute({
  method: "post",
  path: "/v1/update/download",
  operationId: "downloadUpdate",
  summary: "Begin to download what is offered and to prepare it; the events tell how it goes",
  responses: ANSWER,
});

const install = createRoute({
  method: "post",
  path: "/v1/update/install",
  operationId: "installUpdate",
  summary: "Begin to install what is offered, or the version that is named; the events tell how it goes",
  request: body(UpdateInstallation),
  responses: ANSWER,
});

const rollback = createRoute({
  method: "post",
  path: "/v1/update/rollback",
  operationId: "rollBackUpdate",
  summary: "Begin to go back to the previous version; the events tell how it goes",
  request: body(UpdateRollback),
  responses: ANSWER,
});

const pin = createRoute({
  method: "post",
  path: "/v1/update/pin",
  operationId: "pinVersion",
  summary: "Keep updates to a version or its first numbers, or take that back",
  request: body(UpdatePin),
  responses: ANSWER,
});

const skip = createRoute({
  method: "post",
  path: "/v1/update/skip",
  operationId: "skipVersion",
  summary: "Have a version not be offered",
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

/** Refuses all that is asked. */
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
