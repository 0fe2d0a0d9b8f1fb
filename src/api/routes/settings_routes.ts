import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { requireNoShare } from "../network_folders.ts";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import {
  type SettingChanges,
  SettingChanges as Changes,
  type SettingEntry,
  SettingList,
  SettingsSchema,
} from "../resources/settings.ts";

export interface SettingsDependencies {
  settings(): readonly SettingEntry[];
  /** The JSON schema of an object with every setting. */
  settingsSchema(): SettingsSchema;
  /** Applies all changes or none; resolves to the changed entries. */
  changeSettings(changes: SettingChanges, signal: AbortSignal): Promise<readonly SettingEntry[]>;
}

const list = createRoute({
  method: "get",
  path: "/v1/settings",
  operationId: "listSettings",
  summary: "Every setting, with its value and the source of the value",
  responses: { 200: json(SettingList, "Every setting"), ...PROBLEMS },
});

const schema = createRoute({
  method: "get",
  path: "/v1/settings/schema",
  operationId: "getSettingsSchema",
  summary: "The JSON schema of the settings",
  responses: { 200: json(SettingsSchema, "The JSON schema of an object with every setting"), ...PROBLEMS },
});

const change = createRoute({
  method: "patch",
  path: "/v1/settings",
  operationId: "changeSettings",
  summary: "Change settings: all that the request names, or none",
  request: { body: { required: true, content: { "application/json": { schema: Changes } } } },
  responses: {
    200: json(SettingList, "The settings that the request named, with their new values"),
    ...PROBLEMS,
  },
});

/** `GET /v1/settings`, `GET /v1/settings/schema` and `PATCH /v1/settings` */
export function settingsRoutes(dependencies: SettingsDependencies): OpenAPIHono {
  return newRouteGroup()
    .openapi(list, (context) => context.json({ settings: [...dependencies.settings()] }, 200))
    .openapi(schema, (context) => context.json(dependencies.settingsSchema(), 200))
    .openapi(change, async (context) => {
      const changes = context.req.valid("json");
      requireNoShare(changes);
      const settings = await dependencies.changeSettings(changes, context.req.raw.signal);
      return context.json({ settings: [...settings] }, 200);
    });
}
