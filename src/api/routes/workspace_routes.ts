import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { WindlassError } from "../../errors/windlass_error.ts";
import { Workspace, WorkspaceChange, WorkspaceList } from "../resources/workspaces.ts";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import type { WorkspaceService } from "../workspace_service.ts";

export interface WorkspaceDependencies {
  /** Absent in a host that cannot reach the user's distros. */
  readonly workspaces?: WorkspaceService | undefined;
}

/** The longest name that WSL gives a distro. */
const NAME_CHARACTERS = 256;

const NAMED = {
  params: z.object({
    name: z.string().min(1).max(NAME_CHARACTERS).openapi({
      description: "Name of a distro, in any case, or 'default' for the default distro of WSL",
      example: "Ubuntu",
    }),
  }),
};

const list = createRoute({
  method: "get",
  path: "/v1/workspaces",
  operationId: "listWorkspaces",
  summary: "The user's own distros, and what is found now in those that run; starts none",
  responses: { 200: json(WorkspaceList, "Every distro"), ...PROBLEMS },
});

const check = createRoute({
  method: "get",
  path: "/v1/workspaces/{name}",
  operationId: "checkWorkspace",
  summary: "One distro, and what is found in it now; starts it if needed",
  request: NAMED,
  responses: { 200: json(Workspace, "The distro"), ...PROBLEMS },
});

const enable = createRoute({
  method: "post",
  path: "/v1/workspaces/{name}/enable",
  operationId: "enableWorkspace",
  summary: "Make Docker work inside a distro; repairs one that is enabled already",
  request: NAMED,
  responses: { 200: json(WorkspaceChange, "The distro afterwards, and what was done"), ...PROBLEMS },
});

const disable = createRoute({
  method: "post",
  path: "/v1/workspaces/{name}/disable",
  operationId: "disableWorkspace",
  summary: "Remove from a distro what 'enable' has placed",
  request: NAMED,
  responses: { 200: json(WorkspaceChange, "The distro afterwards, and what was done"), ...PROBLEMS },
});

/** `GET /v1/workspaces` and `/v1/workspaces/{name}`, and `POST /v1/workspaces/{name}/enable` and `disable` */
export function workspaceRoutes(dependencies: WorkspaceDependencies): OpenAPIHono {
  const workspaces = dependencies.workspaces ?? NO_WORKSPACES;
  return newRouteGroup()
    .openapi(list, async ({ req, json }) => json(await workspaces.list(req.raw.signal), 200))
    .openapi(check, async ({ req, json }) => {
      return json(await workspaces.check(req.valid("param").name, req.raw.signal), 200);
    })
    .openapi(enable, async ({ req, json }) => {
      return json(await workspaces.enable(req.valid("param").name, req.raw.signal), 200);
    })
    .openapi(disable, async ({ req, json }) => {
      return json(await workspaces.disable(req.valid("param").name, req.raw.signal), 200);
    });
}

/** Refuses every request. */
const NO_WORKSPACES: WorkspaceService = {
  list: unavailable,
  check: unavailable,
  enable: unavailable,
  disable: unavailable,
};

function unavailable(): never {
  throw new WindlassError(
    "WL_NOT_SUPPORTED",
    "Cannot use the distros of this machine: this host does not support workspaces",
  );
}
