import assert from "node:assert/strict";
import { fetchFrom, guardedApi, ORIGIN, SETTING, TOKEN } from "../../../tests/fakes/api_fakes.ts";
import { WindlassClient } from "../../client/windlass_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { SettingEntry } from "../resources/settings.ts";
import type { SettingsDependencies } from "./settings_routes.ts";

function clientOf(changes: Partial<SettingsDependencies> = {}): WindlassClient {
  return new WindlassClient({ url: ORIGIN, token: TOKEN, fetch: fetchFrom(guardedApi(changes)) });
}

Deno.test("WindlassClient.settings lists, describes and changes settings", async () => {
  const seen: unknown[] = [];
  const client = clientOf({
    changeSettings: (changes) => {
      seen.push(changes);
      return Promise.resolve([{ ...SETTING, value: "1h", source: "user" }]);
    },
  });
  assert.deepEqual((await client.settings.list()).map((entry) => SettingEntry.parse(entry)), [SETTING]);
  assert.deepEqual(await client.settings.schema(), { type: "object" });
  const changes = { "engine.idleTimeout": "1h", "engine.daemonOptions": { a: [1] }, startAtSignIn: null };
  assert.deepEqual(await client.settings.change(changes), [{ ...SETTING, value: "1h", source: "user" }]);
  assert.deepEqual(seen, [changes]);
});

for (
  const [code, status] of [
    ["WL_SETTING_UNKNOWN", 400],
    ["WL_SETTING_INVALID", 400],
    ["WL_SETTING_LOCKED", 403],
    ["WL_DAEMON_OPTIONS_INVALID", 400],
    ["WL_SETTINGS_BUSY", 409],
  ] as const
) {
  Deno.test(`PATCH /v1/settings answers ${status} for ${code}`, async () => {
    const handler = guardedApi({
      changeSettings: () =>
        Promise.reject(new WindlassError(code, "Cannot change it: no", { remedy: "Wait" })),
    });
    const response = await fetchFrom(handler)(new URL("/v1/settings", ORIGIN), {
      method: "PATCH",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: "{}",
    });
    assert.equal(response.status, status);
    const { code: told, detail, remedy } = await response.json();
    assert.deepEqual([told, detail, remedy], [code, "Cannot change it: no", "Wait"]);
  });
}

Deno.test("PATCH /v1/settings refuses a body that is not an object", async () => {
  await assert.rejects(clientOf().settings.change([] as unknown as Record<string, unknown>), {
    code: "WL_API_INVALID",
    message: "Cannot answer: Invalid input: expected record, received array",
  });
});
