import assert from "node:assert/strict";
import { formatSetting, parseSettingWords } from "./setting_text.ts";
import { checkSetting, defaultOf, SETTING_KEYS, type SettingKey } from "./settings_schema.ts";

Deno.test("parseSettingWords() reads what formatSetting() shows, for every setting", () => {
  for (const key of SETTING_KEYS) {
    const value = parseSettingWords(key, [formatSetting(defaultOf(key))]);
    assert.deepEqual(checkSetting(key, value), { value: defaultOf(key) }, key);
  }
});

Deno.test("parseSettingWords() reads JSON, and words without quotes", () => {
  for (
    const [key, words, value] of [
      ["engine.daemonOptions", ['{"debug":true}'], { debug: true }],
      ["engine.daemonOptions", ["debug=true", "log-opts.max-size=10m"], {
        debug: true,
        "log-opts": { "max-size": "10m" },
      }],
      ["engine.idleTimeout", ["5"], "5"],
      ["update.mirrors", ['["https://a.example/"]'], ["https://a.example/"]],
      ["update.mirrors", ["https://a.example/", "https://b.example/"], [
        "https://a.example/",
        "https://b.example/",
      ]],
      ["update.mirrors", ["https://a.example/"], ["https://a.example/"]],
      ["startAtSignIn", ["true"], true],
      ["startAtSignIn", ["yes"], "yes"],
    ] as const satisfies readonly (readonly [SettingKey, readonly string[], unknown])[]
  ) {
    assert.deepEqual(parseSettingWords(key, words), value);
  }
});

Deno.test("parseSettingWords() shows a form that no shell changes for JSON that has lost its quotes", () => {
  assert.throws(() => parseSettingWords("engine.daemonOptions", ["'{debug:true}'"]), {
    code: "WL_SETTING_INVALID",
    message:
      "Cannot set 'engine.daemonOptions' to ''{debug:true}'': it is neither a JSON object nor NAME=VALUE",
    remedy:
      "Shells may remove the quotes of JSON. Without quotes: windlass settings set engine.daemonOptions debug=true log-opts.max-size=10m",
  });
});

Deno.test("parseSettingWords() refuses a second word where the setting takes one", () => {
  assert.throws(() => parseSettingWords("engine.idleTimeout", ["10", "minutes"]), {
    code: "WL_USAGE",
    message: "Cannot set 'engine.idleTimeout': unexpected argument 'minutes'",
    remedy: "Put a value that contains spaces into double quotes.",
  });
});

Deno.test("parseSettingWords() takes a list of ports in one word or, from PowerShell, in several", () => {
  for (const words of [["5432,8000-8100"], ["5432", "8000-8100"]]) {
    assert.equal(parseSettingWords("ports.hostServices", words), "5432,8000-8100");
  }
});
