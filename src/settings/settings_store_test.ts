import assert from "node:assert/strict";
import { MEMORY_PATHS, MemorySettingsFiles } from "../../tests/fakes/memory_settings_files.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { NEVER } from "../timing/sleep.ts";
import { type SettingKey, Settings } from "./settings_schema.ts";
import { type PrepareChange, SettingsStore } from "./settings_store.ts";

async function open(
  files: Partial<MemorySettingsFiles> = {},
): Promise<{ store: SettingsStore; files: MemorySettingsFiles }> {
  const memory = Object.assign(new MemorySettingsFiles(), files);
  return { store: await SettingsStore.open({ files: memory, paths: MEMORY_PATHS }), files: memory };
}

Deno.test("SettingsStore has the defaults without any file, and writes none by itself", async () => {
  const { store, files } = await open();
  assert.deepEqual(store.values, Settings.parse({}));
  assert.deepEqual(store.problems, []);
  assert.equal(files.writes, 0);
});

Deno.test("SettingsStore.change() writes what was set, and nothing else", async () => {
  const { store, files } = await open();
  const entries = await store.change({ "engine.idleTimeout": "5m" }, NEVER);
  assert.equal(files.settings, '{\n  "version": 1,\n  "engine.idleTimeout": "5m"\n}\n');
  assert.deepEqual(entries, [{
    key: "engine.idleTimeout",
    value: "5m",
    default: "10m",
    source: "user",
    locked: false,
    description: "How long the engine may sit idle before it stops: '90s', '10m', '1h30m', or 'never'",
    takesEffect: "at once",
  }]);
  assert.equal(store.values["engine.idleTimeout"], "5m");
  await store.change({ "engine.idleTimeout": "5m" }, NEVER);
  assert.equal(files.writes, 1);
});

Deno.test("SettingsStore.change() takes null for the default", async () => {
  const { store, files } = await open({ settings: '{"version":1,"startAtSignIn":true,"log.level":"debug"}' });
  const [entry] = await store.change({ startAtSignIn: null }, NEVER);
  assert.deepEqual([entry?.value, entry?.source], [false, "default"]);
  assert.equal(files.settings, '{\n  "version": 1,\n  "log.level": "debug"\n}\n');
});

Deno.test("SettingsStore.change() keeps keys and a version that it does not know", async () => {
  const { store, files } = await open({
    settings: '{"version":7,"future.key":{"a":[1]},"log.level":"warn"}',
  });
  assert.equal(store.values["log.level"], "warn");
  await store.change({ "log.level": "error" }, NEVER);
  assert.deepEqual(JSON.parse(files.settings!), {
    version: 7,
    "future.key": { a: [1] },
    "log.level": "error",
  });
});

Deno.test("SettingsStore.change() keeps what others have written meanwhile", async () => {
  const { store, files } = await open();
  const other = await SettingsStore.open({ files, paths: MEMORY_PATHS });
  await Promise.all([
    store.change({ "engine.idleTimeout": "1h" }, NEVER),
    other.change({ "log.level": "debug" }, NEVER),
  ]);
  assert.deepEqual(JSON.parse(files.settings!), {
    version: 1,
    "engine.idleTimeout": "1h",
    "log.level": "debug",
  });
  assert.equal(other.values["engine.idleTimeout"], "1h");
});

/** Changes, the code and sentence with which they are refused. */
const REFUSED: readonly (readonly [Record<string, unknown>, string, string])[] = [
  [
    { "engine.color": 1 },
    "WL_SETTING_UNKNOWN",
    "Cannot use the setting 'engine.color': unknown setting",
  ],
  [{ version: 2 }, "WL_SETTING_UNKNOWN", "Cannot use the setting 'version': unknown setting"],
  [{ toString: 2 }, "WL_SETTING_UNKNOWN", "Cannot use the setting 'toString': unknown setting"],
  [
    { "engine.idleTimeout": "soon" },
    "WL_SETTING_INVALID",
    "Cannot set 'engine.idleTimeout' to 'soon': not a duration; use '90s', '10m', '1h30m' or 'never'",
  ],
  [
    { "engine.idleTimeout": "0s" },
    "WL_SETTING_INVALID",
    "Cannot set 'engine.idleTimeout' to '0s': it must be longer than zero",
  ],
  [
    { "engine.idleTimeout": 5 },
    "WL_SETTING_INVALID",
    "Cannot set 'engine.idleTimeout' to 5: it must be text",
  ],
  [
    { "ports.defaultAddress": "::" },
    "WL_SETTING_INVALID",
    "Cannot set 'ports.defaultAddress' to '::': it must be 'all' or '127.0.0.1'",
  ],
  [
    { startAtSignIn: "yes" },
    "WL_SETTING_INVALID",
    "Cannot set 'startAtSignIn' to 'yes': it must be true or false",
  ],
  [
    { "engine.daemonOptions": [] },
    "WL_SETTING_INVALID",
    "Cannot set 'engine.daemonOptions' to []: it must be a JSON object",
  ],
  [
    { "engine.daemonOptions": { "data-root": "/x" } },
    "WL_SETTING_INVALID",
    `Cannot set 'engine.daemonOptions' to {"data-root":"/x"}: 'data-root' is set by Windlass itself`,
  ],
  [
    { "engine.daemonOptions": { dns: ["127.0.0.53"] } },
    "WL_SETTING_INVALID",
    `Cannot set 'engine.daemonOptions' to {"dns":["127.0.0.53"]}: 'dns' has 127.0.0.53, which is not this machine inside the engine; without 'dns', containers use the name servers of this machine`,
  ],
  [
    { "update.mode": "ask" },
    "WL_SETTING_INVALID",
    "Cannot set 'update.mode' to 'ask': it must be 'off', 'notify', 'download' or 'auto'",
  ],
  [
    { "update.url": "example.com" },
    "WL_SETTING_INVALID",
    "Cannot set 'update.url' to 'example.com': it is neither an address such as 'https://example.com/windlass/' nor an absolute path",
  ],
  [
    { "update.mirrors": "https://example.com" },
    "WL_SETTING_INVALID",
    "Cannot set 'update.mirrors' to 'https://example.com': it must be a JSON array of texts",
  ],
  [
    { "update.mirrors": ["https://example.com", "ftp://example.com"] },
    "WL_SETTING_INVALID",
    "Cannot set 'update.mirrors' to [\"https://example.com\",\"ftp://example.com\"]: it is neither an address such as 'https://example.com/windlass/' nor an absolute path",
  ],
  [
    { "update.proxy": "proxy:8080" },
    "WL_SETTING_INVALID",
    "Cannot set 'update.proxy' to 'proxy:8080': it must be 'system', 'none' or an address such as 'http://proxy.example.com:8080'",
  ],
];

for (const [changes, code, message] of REFUSED) {
  Deno.test(`SettingsStore.change() refuses ${JSON.stringify(changes)}`, async () => {
    const { store, files } = await open();
    await assert.rejects(store.change({ "log.level": "warn", ...changes }, NEVER), { code, message });
    assert.equal(files.writes, 0);
    assert.equal(store.values["log.level"], "info");
  });
}

Deno.test("SettingsStore.change() gives the lock back after a refusal", async () => {
  const { store } = await open();
  await assert.rejects(store.change({ x: 1 }, NEVER));
  await store.change({ "log.level": "warn" }, NEVER);
});

Deno.test("SettingsStore puts the policy's values above the user's and its defaults below", async () => {
  const { store } = await open({
    settings: '{"engine.idleTimeout":"1h","log.level":"warn"}',
    policy:
      '{"locked":{"engine.idleTimeout":"never","update.mode":"notify","update.url":"https://updates.example.com/windlass/"},"defaults":{"log.level":"debug","ports.defaultAddress":"127.0.0.1","update.channel":"beta"}}',
  });
  const looked = ["engine.idleTimeout", "ports.defaultAddress", "startAtSignIn", "docker.useContext"]
    .concat("update.mode", "update.channel", "update.url", "log.level");
  const told = store.entries.map((
    entry,
  ) => [entry.key, entry.value, entry.source, entry.locked, entry.default]);
  assert.deepEqual(told.filter(([key]) => looked.includes(String(key))), [
    ["engine.idleTimeout", "never", "policy", true, "never"],
    ["ports.defaultAddress", "127.0.0.1", "policy default", false, "127.0.0.1"],
    ["startAtSignIn", false, "default", false, false],
    ["docker.useContext", false, "default", false, false],
    ["update.mode", "notify", "policy", true, "notify"],
    ["update.channel", "beta", "policy default", false, "beta"],
    [
      "update.url",
      "https://updates.example.com/windlass/",
      "policy",
      true,
      "https://updates.example.com/windlass/",
    ],
    ["log.level", "warn", "user", false, "debug"],
  ]);
});

Deno.test("SettingsStore.change() refuses what a policy locks, a reset too", async () => {
  const { store, files } = await open({ policy: '{"locked":{"startAtSignIn":false}}' });
  for (const value of [true, false, null]) {
    await assert.rejects(store.change({ startAtSignIn: value }, NEVER), {
      code: "WL_SETTING_LOCKED",
      message: "Cannot change 'startAtSignIn': the policy '/etc/policy.json' locks it",
    });
  }
  files.policy = undefined;
  await store.change({ startAtSignIn: true }, NEVER);
});

Deno.test("SettingsStore reports what it ignores in the policy, and follows the rest", async () => {
  const { store } = await open({
    policy: '{"locked":{"log.level":"loud","x":1,"engine.idleTimeout":"2h"},"defaults":[]}',
  });
  assert.equal(store.values["engine.idleTimeout"], "2h");
  assert.deepEqual(store.problems.map(({ code, message }) => [code, message]), [
    [
      "WL_POLICY_INVALID",
      "Cannot follow the policy '/etc/policy.json' for 'log.level': it must be 'debug', 'info', 'warn' or 'error'",
    ],
    ["WL_POLICY_INVALID", "Cannot follow the policy '/etc/policy.json' for 'x': there is no such setting"],
    ["WL_POLICY_INVALID", "Cannot follow the policy '/etc/policy.json': 'defaults' is not a JSON object"],
  ]);
});

Deno.test("SettingsStore sets a damaged file aside, names it, and continues with defaults", async () => {
  for (const damaged of ["", "{", "[]", "null", '{"version":"x"}', '{"version":0}']) {
    const { store, files } = await open({ settings: damaged });
    assert.deepEqual(files.aside, [damaged]);
    assert.deepEqual(store.problems.map(({ code, message }) => [code, message]), [[
      "WL_SETTINGS_DAMAGED",
      "Cannot read the settings in '/home/settings.json': the file is damaged and is now '/home/settings.json.damaged-1'",
    ]]);
    await store.change({ "log.level": "warn" }, NEVER);
    assert.equal(store.problems.length, 1); // still worth telling: the values are in the other file
    assert.equal(files.aside.length, 1);
  }
});

Deno.test("SettingsStore ignores a single bad value, reports it, and heals with the next change of it", async () => {
  const { store } = await open({ settings: '{"log.level":"loud","engine.idleTimeout":"1h"}' });
  assert.deepEqual([store.values["log.level"], store.values["engine.idleTimeout"]], ["info", "1h"]);
  assert.deepEqual(store.problems.map(({ code, message, remedy }) => [code, message, remedy]), [[
    "WL_SETTING_INVALID",
    "Cannot use 'log.level' of '/home/settings.json': it must be 'debug', 'info', 'warn' or 'error'",
    "Run 'windlass settings set log.level VALUE', or 'windlass settings reset log.level'.",
  ]]);
  await store.change({ "log.level": null }, NEVER);
  assert.deepEqual(store.problems, []);
});

Deno.test("SettingsStore continues with defaults where files cannot be read, and changes nothing then", async () => {
  const failure = new WindlassError("WL_SETTINGS_UNREADABLE", "Cannot read the settings in 'x': denied");
  const { store, files } = await open({ failRead: { settings: failure } });
  assert.deepEqual(store.problems, [failure]);
  await assert.rejects(store.change({ "log.level": "warn" }, NEVER), failure);
  assert.equal(files.writes, 0);
  files.failRead = {};
  await store.change({ "log.level": "warn" }, NEVER);
  assert.deepEqual(store.problems, []);
});

Deno.test("SettingsStore.change() prepares before it writes, only what changes, and writes nothing if that fails", async () => {
  const applied: (readonly SettingKey[])[] = [];
  const { store, files } = await open();
  const prepare: PrepareChange = (values, changed) => {
    applied.push(changed);
    if (values.startAtSignIn) throw new WindlassError("WL_REGISTRY_FAILED", "Cannot write: denied");
    return Promise.resolve();
  };
  await store.change({ "log.level": "info", "engine.idleTimeout": "1h" }, NEVER, prepare);
  await assert.rejects(store.change({ startAtSignIn: true }, NEVER, prepare), { code: "WL_REGISTRY_FAILED" });
  assert.deepEqual(applied, [["engine.idleTimeout"], ["startAtSignIn"]]);
  assert.equal(store.values.startAtSignIn, false);
  assert.equal(files.writes, 1);
});
