import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import {
  type SettingChanges,
  SettingChanges as Changes,
  type SettingEntry,
  SettingList,
  SettingsSchema,
} from "../schemas.ts";

/** What these routes are a function of. */
export interface SettingsDependencies {
  settings(): readonly SettingEntry[];
  /** The JSON schema of an object that has every setting. */
  settingsSchema(): SettingsSchema;
  /** Changes all of them or none; resolves to the entries that were named. */
  changeSettings(changes: SettingChanges, signal: AbortSignal): Promise<readonly SettingEntry[]>;
}

const list = createRoute({
  method: "get",
  path: "/v1/settings",
  operationId: "listSettings",
  summary: "Every setting, with its value and where that comes from",
  responses: { 200: json(SettingList, "All settings"), ...PROBLEMS },
});

const schema = createRoute({
  method: "get",
  path: "/v1/settings/schema",
  operationId: "getSettingsSchema",
  summary: "What each setting takes",
  responses: { 200: json(SettingsSchema, "A JSON schema of an object with all settings"), ...PROBLEMS },
});

const change = createRoute({
  method: "patch",
  path: "/v1/settings",
  operationId: "changeSettings",
  summary: "Change settings, all of those that are named or none",
  request: { body: { required: true, content: { "application/json": { schema: Changes } } } },
  responses: { 200: json(SettingList, "The settings that were named, as they are now"), ...PROBLEMS },
});

/** `GET /v1/settings`, `GET /v1/settings/schema` and `PATCH /v1/settings` */
export function settingsRoutes(dependencies: SettingsDependencies): OpenAPIHono {
  return newRouteGroup()
    .openapi(list, (context) => context.json({ settings: [...dependencies.settings()] }, 200))
    .openapi(schema, (context) => context.json(dependencies.settingsSchema(), 200))
    .openapi(change, async (context) => {
      const changes = context.req.valid("json");
      const settings = await dependencies.changeSettings(changes, context.req.raw.signal);
      return context.json({ settings: [...settings] }, 200);
    });
}
