import assert from "node:assert/strict";
import { formatSetting, parseSettingText } from "./setting_text.ts";
import { checkSetting, defaultOf, SETTING_KEYS, type SettingKey } from "./settings_schema.ts";

Deno.test("parseSettingText() reads what formatSetting() shows, for every setting", () => {
  for (const key of SETTING_KEYS) {
    const value = parseSettingText(key, formatSetting(defaultOf(key)));
    assert.deepEqual(checkSetting(key, value), { value: defaultOf(key) }, key);
  }
});

Deno.test("parseSettingText() reads JSON only where it is asked for", () => {
  for (
    const [key, text, value] of [
      ["engine.daemonOptions", '{"debug":true}', { debug: true }],
      ["engine.idleTimeout", "5", "5"],
      ["update.mirrors", '["https://a.example/"]', ["https://a.example/"]],
      ["startAtSignIn", "true", true],
      ["startAtSignIn", "yes", "yes"],
    ] as const satisfies readonly (readonly [SettingKey, string, unknown])[]
  ) {
    assert.deepEqual(parseSettingText(key, text), value);
  }
});

Deno.test("parseSettingText() says what is no JSON", () => {
  assert.throws(() => parseSettingText("engine.daemonOptions", "{debug:true}"), {
    code: "WL_SETTING_INVALID",
    message: "Cannot set 'engine.daemonOptions' to '{debug:true}': it is not JSON",
    remedy: "Put the whole object into single quotes, such as '{\"debug\":true}'.",
  });
  assert.throws(() => parseSettingText("update.mirrors", "https://a.example/"), {
    code: "WL_SETTING_INVALID",
    message: "Cannot set 'update.mirrors' to 'https://a.example/': it is not JSON",
    remedy: "Put the whole list into single quotes, such as '[\"https://example.com/windlass/\"]'.",
  });
});
