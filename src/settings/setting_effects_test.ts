import assert from "node:assert/strict";
import { followersOf, SETTING_EFFECTS } from "./setting_effects.ts";
import { SETTING_KEYS } from "./settings_schema.ts";

Deno.test("SETTING_EFFECTS has every setting, in the order in which they are shown", () => {
  assert.deepEqual(Object.keys(SETTING_EFFECTS), SETTING_KEYS);
});

Deno.test("followersOf() names each follower once", () => {
  assert.deepEqual([...followersOf(["update.mode", "update.pin", "log.level"])], ["updates", "log"]);
});
