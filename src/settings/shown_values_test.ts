import assert from "node:assert/strict";
import { MEMORY_PATHS, MemorySettingsFiles } from "../../tests/fakes/memory_settings_files.ts";
import { NEVER } from "../timing/sleep.ts";
import { SettingsStore } from "./settings_store.ts";

async function open(
  files: Partial<MemorySettingsFiles> = {},
): Promise<{ store: SettingsStore; files: MemorySettingsFiles }> {
  const memory = Object.assign(new MemorySettingsFiles(), files);
  return { store: await SettingsStore.open({ files: memory, paths: MEMORY_PATHS }), files: memory };
}

Deno.test("SettingsStore shows no password of an address, and keeps each in its file", async () => {
  const { store, files } = await open();
  const proxy = "http://me:secret@proxy.test:8080";
  const entries = await store.change({ "network.proxy": proxy, "update.mirrors": [proxy] }, NEVER);
  const hidden = "http://me:***@proxy.test:8080";
  assert.deepEqual(entries.map(({ value }) => value), [hidden, [hidden]]);
  assert.equal(store.entries.find(({ key }) => key === "network.proxy")?.value, hidden);
  assert.equal(store.values["network.proxy"], proxy);
  assert.equal(JSON.parse(files.settings!)["network.proxy"], proxy);
  const refused = (value: string) => ({ code: "WL_SETTING_INVALID", message: value });
  const daemon = {
    "engine.daemonOptions": {
      proxies: { "http-proxy": proxy, "https-proxy": "me:secret@p:1", "no-proxy": "a" },
    },
  };
  const [options] = await store.change(daemon, NEVER);
  assert.deepEqual(options?.value, {
    proxies: { "http-proxy": hidden, "https-proxy": "me:***@p:1", "no-proxy": "a" },
  });
  assert.deepEqual(store.values["engine.daemonOptions"], daemon["engine.daemonOptions"]);
  const reason = "'***' stands for a password that is not shown; write the password itself";
  for (const key of ["network.proxy", "update.proxy", "update.url"]) {
    await assert.rejects(
      store.change({ [key]: hidden }, NEVER),
      refused(`Cannot set '${key}' to '${hidden}': ${reason}`),
    );
  }
  await assert.rejects(
    store.change({ "engine.daemonOptions": options?.value }, NEVER),
    refused(`Cannot set 'engine.daemonOptions' to ${JSON.stringify(options?.value)}: ${reason}`),
  );
  await assert.rejects(
    store.change({ "network.proxy": `${proxy}/x` }, NEVER),
    refused(
      `Cannot set 'network.proxy' to '${hidden}/x': there is more after the host and port`,
    ),
  );
});

Deno.test("a policy locks network.proxy, and its password is not shown either", async () => {
  const { store } = await open({
    policy: '{"version":1,"locked":{"network.proxy":"http://me:secret@proxy.test:1"}}',
  });
  assert.deepEqual(store.problems, []);
  const entry = store.entries.find(({ key }) => key === "network.proxy");
  assert.deepEqual(
    [entry?.value, entry?.default, entry?.locked],
    ["http://me:***@proxy.test:1", "http://me:***@proxy.test:1", true],
  );
  await assert.rejects(store.change({ "network.proxy": "none" }, NEVER), {
    code: "WL_SETTING_LOCKED",
    message: `Cannot change 'network.proxy': the policy '${MEMORY_PATHS.policy}' locks it`,
  });
});
