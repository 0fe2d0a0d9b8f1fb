import assert from "node:assert/strict";
import { MEMORY_PATHS, MemorySettingsFiles } from "../../tests/fakes/memory_settings_files.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { type SettingKey, Settings } from "./settings_schema.ts";
import { SettingsStore, type SettingsStoreOptions } from "./settings_store.ts";

const signal = new AbortController().signal;

async function open(
  files: Partial<MemorySettingsFiles> = {},
  apply?: SettingsStoreOptions["apply"],
): Promise<{ store: SettingsStore; files: MemorySettingsFiles }> {
  const memory = Object.assign(new MemorySettingsFiles(), files);
  const options = { files: memory, paths: MEMORY_PATHS, ...apply === undefined ? {} : { apply } };
  return { store: await SettingsStore.open(options), files: memory };
}

Deno.test("SettingsStore has the defaults without any file, and writes none by itself", async () => {
  const { store, files } = await open();
  assert.deepEqual(store.values, Settings.parse({}));
  assert.deepEqual(store.problems, []);
  assert.equal(files.writes, 0);
});

Deno.test("SettingsStore.change() writes what was set, and nothing else", async () => {
  const { store, files } = await open();
  const entries = await store.change({ "engine.idleTimeout": "5m" }, signal);
  assert.equal(files.settings, '{\n  "version": 1,\n  "engine.idleTimeout": "5m"\n}\n');
  assert.deepEqual(entries, [{
    key: "engine.idleTimeout",
    value: "5m",
    default: "10m",
    source: "user",
    locked: false,
    description:
      "How long nothing must use the engine before it is stopped: '90s', '10m', '1h30m', or 'never'",
    takesEffect: "at once",
  }]);
  assert.equal(store.values["engine.idleTimeout"], "5m");
  await store.change({ "engine.idleTimeout": "5m" }, signal);
  assert.equal(files.writes, 1);
});

Deno.test("SettingsStore.change() takes null for the default", async () => {
  const { store, files } = await open({ settings: '{"version":1,"startAtSignIn":true,"log.level":"debug"}' });
  const [entry] = await store.change({ startAtSignIn: null }, signal);
  assert.deepEqual([entry?.value, entry?.source], [false, "default"]);
  assert.equal(files.settings, '{\n  "version": 1,\n  "log.level": "debug"\n}\n');
});

Deno.test("SettingsStore.change() keeps keys and a version that it does not know", async () => {
  const { store, files } = await open({
    settings: '{"version":7,"future.key":{"a":[1]},"log.level":"warn"}',
  });
  assert.equal(store.values["log.level"], "warn");
  await store.change({ "log.level": "error" }, signal);
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
    store.change({ "engine.idleTimeout": "1h" }, signal),
    other.change({ "log.level": "debug" }, signal),
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
    "Cannot use the setting 'engine.color': there is none of that name",
  ],
  [{ version: 2 }, "WL_SETTING_UNKNOWN", "Cannot use the setting 'version': there is none of that name"],
  [{ toString: 2 }, "WL_SETTING_UNKNOWN", "Cannot use the setting 'toString': there is none of that name"],
  [
    { "engine.idleTimeout": "soon" },
    "WL_SETTING_INVALID",
    "Cannot set 'engine.idleTimeout' to 'soon': it is no length of time such as '90s', '10m', '1h30m' or 'never'",
  ],
  [
    { "engine.idleTimeout": "0s" },
    "WL_SETTING_INVALID",
    "Cannot set 'engine.idleTimeout' to '0s': it must be longer than nothing",
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
    `Cannot set 'engine.daemonOptions' to {"data-root":"/x"}: 'data-root' is decided by Windlass itself`,
  ],
  [
    { "update.mode": "ask" },
    "WL_SETTING_INVALID",
    "Cannot set 'update.mode' to 'ask': it must be 'off', 'notify', 'download' or 'auto'",
  ],
  [
    { "update.url": "example.com" },
    "WL_SETTING_INVALID",
    "Cannot set 'update.url' to 'example.com': it is no address such as 'https://example.com/windlass/' and no absolute path",
  ],
  [
    { "update.mirrors": "https://example.com" },
    "WL_SETTING_INVALID",
    "Cannot set 'update.mirrors' to 'https://example.com': it must be a JSON array of texts",
  ],
  [
    { "update.mirrors": ["https://example.com", "ftp://example.com"] },
    "WL_SETTING_INVALID",
    "Cannot set 'update.mirrors' to [\"https://example.com\",\"ftp://example.com\"]: it is no address such as 'https://example.com/windlass/' and no absolute path",
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
    await assert.rejects(store.change({ "log.level": "warn", ...changes }, signal), { code, message });
    assert.equal(files.writes, 0);
    assert.equal(store.values["log.level"], "debug");
  });
}

Deno.test("SettingsStore.change() gives the lock back after a refusal", async () => {
  const { store } = await open();
  await assert.rejects(store.change({ x: 1 }, signal));
  await store.change({ "log.level": "warn" }, signal);
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
    await assert.rejects(store.change({ startAtSignIn: value }, signal), {
      code: "WL_SETTING_LOCKED",
      message: "Cannot change 'startAtSignIn': the policy '/etc/policy.json' locks it",
    });
  }
  files.policy = undefined;
  await store.change({ startAtSignIn: true }, signal);
});

Deno.test("SettingsStore tells what in the policy does not count, and follows the rest", async () => {
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
    ["WL_POLICY_INVALID", "Cannot follow the policy '/etc/policy.json': 'defaults' is no JSON object"],
  ]);
});

Deno.test("SettingsStore sets a damaged file aside, names it, and goes on with defaults", async () => {
  for (const damaged of ["", "{", "[]", "null", '{"version":"x"}', '{"version":0}']) {
    const { store, files } = await open({ settings: damaged });
    assert.deepEqual(files.aside, [damaged]);
    assert.deepEqual(store.problems.map(({ code, message }) => [code, message]), [[
      "WL_SETTINGS_DAMAGED",
      "Cannot read the settings in '/home/settings.json': the file is damaged and is now '/home/settings.json.damaged-1'",
    ]]);
    await store.change({ "log.level": "warn" }, signal);
    assert.equal(store.problems.length, 1); // still worth telling: the values are in the other file
    assert.equal(files.aside.length, 1);
  }
});

Deno.test("SettingsStore ignores a single bad value, tells it, and heals with the next change of it", async () => {
  const { store } = await open({ settings: '{"log.level":"loud","engine.idleTimeout":"1h"}' });
  assert.deepEqual([store.values["log.level"], store.values["engine.idleTimeout"]], ["debug", "1h"]);
  assert.deepEqual(store.problems.map(({ code, message, remedy }) => [code, message, remedy]), [[
    "WL_SETTING_INVALID",
    "Cannot use 'log.level' of '/home/settings.json': it must be 'debug', 'info', 'warn' or 'error'",
    "Run 'windlass settings set log.level VALUE', or 'windlass settings reset log.level'.",
  ]]);
  await store.change({ "log.level": null }, signal);
  assert.deepEqual(store.problems, []);
});

Deno.test("SettingsStore goes on with defaults where files cannot be read, and changes nothing then", async () => {
  const failure = new WindlassError("WL_SETTINGS_UNREADABLE", "Cannot read the settings in 'x': denied");
  const { store, files } = await open({ failRead: { settings: failure } });
  assert.deepEqual(store.problems, [failure]);
  await assert.rejects(store.change({ "log.level": "warn" }, signal), failure);
  assert.equal(files.writes, 0);
  files.failRead = {};
  await store.change({ "log.level": "warn" }, signal);
  assert.deepEqual(store.problems, []);
});

Deno.test("SettingsStore.change() applies before it writes, only what changes, and writes nothing if that fails", async () => {
  const applied: (readonly SettingKey[])[] = [];
  const { store, files } = await open({}, (values, changed) => {
    applied.push(changed);
    if (values.startAtSignIn) throw new WindlassError("WL_REGISTRY_FAILED", "Cannot write: denied");
    return Promise.resolve();
  });
  await store.change({ "log.level": "debug", "engine.idleTimeout": "1h" }, signal);
  await assert.rejects(store.change({ startAtSignIn: true }, signal), { code: "WL_REGISTRY_FAILED" });
  assert.deepEqual(applied, [["engine.idleTimeout"], ["startAtSignIn"]]);
  assert.equal(store.values.startAtSignIn, false);
  assert.equal(files.writes, 1);
});
