import assert from "node:assert/strict";
import { PIN_REGEXP } from "../update/decision/version_pin.ts";
import { CHANNELS } from "../update/release/release_document.ts";
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

Deno.test("update.channel takes exactly the channels that releases have", () => {
  const { properties } = settingsSchema() as { properties: Record<string, Record<string, unknown>> };
  assert.deepEqual(properties["update.channel"]?.["enum"], [...CHANNELS]);
});

Deno.test("update.url, update.mirrors and update.proxy take what the channel client can open", () => {
  const places = [
    "https://example.com/windlass/",
    "http://10.0.0.5:8080",
    "file:///srv/channel",
    "/srv/channel",
    "D:\\mirror",
    "\\\\server\\share\\windlass",
  ];
  for (const place of places) assert.deepEqual(checkSetting("update.url", place), { value: place });
  assert.deepEqual(checkSetting("update.mirrors", places), { value: places });
  for (const proxy of ["system", "none", "http://user:word@proxy:3128"]) {
    assert.deepEqual(checkSetting("update.proxy", proxy), { value: proxy });
  }
  for (const place of ["https:", "mirror", "./mirror", "C:mirror"]) {
    assert.ok("invalid" in checkSetting("update.url", place), place);
  }
  assert.deepEqual(checkSetting("update.mirrors", new Array(17).fill("/srv")), {
    invalid: "there are more than 16",
  });
});

Deno.test("update.pin takes what updates can be pinned to", () => {
  for (const pin of ["1", "1.2", "1.2.3", "1.2.3-beta.1", "", "v1", "1.", "1.x", "1.2.3.4", "1.2-beta"]) {
    const taken = "value" in checkSetting("update.pin", pin);
    assert.equal(taken, pin === "" || PIN_REGEXP.test(pin), pin);
  }
});

Deno.test("ports.hostServices takes 'all', 'none' and lists of ports", () => {
  for (const value of ["all", "none", "5432", "80, 8000-8100"]) {
    assert.deepEqual(checkSetting("ports.hostServices", value), { value });
  }
  assert.deepEqual(checkSetting("ports.hostServices", "80,web"), {
    invalid:
      "it must be 'all', 'none' or a list of ports such as '5432,8000-8100': 'web' is neither a port nor a range such as '8000-8100'",
  });
  assert.deepEqual(checkSetting("ports.hostServices", 5432), { invalid: "it must be text" });
});
