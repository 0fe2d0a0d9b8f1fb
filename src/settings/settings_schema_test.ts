import assert from "node:assert/strict";
import { checkSetting, defaultOf, SETTING_KEYS, Settings, settingsSchema } from "./settings_schema.ts";

Deno.test("every setting has a description, and a default that it takes itself", () => {
  for (const key of SETTING_KEYS) {
    assert.ok(Settings.shape[key].description, key);
    assert.deepEqual(checkSetting(key, defaultOf(key)), { value: defaultOf(key) });
  }
});

Deno.test("settingsSchema() describes every setting", () => {
  const { properties } = settingsSchema() as { properties: Record<string, Record<string, unknown>> };
  assert.deepEqual(Object.keys(properties), [...SETTING_KEYS]);
  assert.deepEqual(properties["ports.defaultAddress"]?.["enum"], ["all", "127.0.0.1"]);
  assert.equal(properties["engine.idleTimeout"]?.["default"], "10m");
});

Deno.test("checkSetting() refuses daemon options that do not fit into a command line", () => {
  assert.deepEqual(checkSetting("engine.daemonOptions", { labels: ["x".repeat(20_000)] }), {
    invalid: "it is longer than 12000 characters",
  });
});
