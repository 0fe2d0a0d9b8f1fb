import assert from "node:assert/strict";
import { NO_LOG } from "../../logging/log.ts";
import { ContainerProxies, type ContainerProxySettings } from "./container_proxies.ts";

const OWN = "unix:///home/me/docker.sock";
const SHARED = "npipe:////./pipe/docker_engine";
const PROXY = "http://http.docker.internal:3128";

async function openTrial(config?: string) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/config.json`;
  if (config !== undefined) await Deno.writeTextFile(path, config);
  const listening = [OWN];
  const settings: { -readonly [Key in keyof ContainerProxySettings]: ContainerProxySettings[Key] } = {
    mode: "auto",
    isInForce: false,
    noProxy: "localhost",
  };
  let changes = 0;
  const proxies = new ContainerProxies({
    configurations: [{ folder, addresses: [OWN, SHARED], listening: () => listening }],
    proxy: PROXY,
    settings: () => settings,
    log: NO_LOG,
    onChange: () => changes++,
  });
  return {
    path,
    listening,
    settings,
    proxies,
    changes: () => changes,
    /** The addresses that have an entry. */
    async entries(): Promise<string[]> {
      proxies.follow();
      await proxies.settled();
      const text = await Deno.readTextFile(path).catch(() => "{}");
      return Object.keys(JSON.parse(text).proxies ?? {});
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }).catch(() => {}),
  };
}

Deno.test("ContainerProxies follows whether a proxy is in force, and where the engine listens", async () => {
  await using trial = await openTrial('{"auths":{}}');
  assert.deepEqual(await trial.entries(), []);
  trial.settings.isInForce = true;
  assert.deepEqual(await trial.entries(), [OWN]);
  trial.listening.push(SHARED);
  assert.deepEqual(await trial.entries(), [OWN, SHARED]);
  trial.listening.pop();
  assert.deepEqual(await trial.entries(), [OWN]);
  trial.settings.isInForce = false;
  assert.deepEqual(await trial.entries(), []);
  assert.deepEqual(JSON.parse(await Deno.readTextFile(trial.path)), { auths: {} });
});

Deno.test("ContainerProxies changes nothing before it is known whether a proxy is in force", async () => {
  await using trial = await openTrial(`{"proxies":{"${OWN}":{"httpProxy":"${PROXY}"}}}`);
  trial.settings.isInForce = undefined;
  assert.deepEqual(await trial.entries(), [OWN]);
  trial.settings.isInForce = false;
  assert.deepEqual(await trial.entries(), []);
});

Deno.test("ContainerProxies does as the setting says", async () => {
  await using trial = await openTrial('{"auths":{}}');
  trial.settings.mode = "on";
  assert.deepEqual(await trial.entries(), [OWN]);
  assert.equal(trial.proxies.isHandedOut, true);
  trial.settings.mode = "off";
  trial.settings.isInForce = true;
  assert.deepEqual(await trial.entries(), []);
  assert.equal(trial.proxies.isHandedOut, false);
});

Deno.test("ContainerProxies adds names that become exempt", async () => {
  await using trial = await openTrial();
  trial.settings.isInForce = true;
  await trial.entries();
  trial.settings.noProxy = "localhost,api";
  await trial.entries();
  assert.equal(JSON.parse(await Deno.readTextFile(trial.path)).proxies[OWN].noProxy, "localhost,api");
});

Deno.test("ContainerProxies reports a damaged file only if it has something to write there", async () => {
  await using trial = await openTrial("{");
  trial.proxies.follow();
  await trial.proxies.settled();
  assert.deepEqual([trial.proxies.problems, trial.changes()], [[], 0]);
  trial.settings.isInForce = true;
  for (let time = 0; time < 2; time++) {
    trial.proxies.follow();
    await trial.proxies.settled();
  }
  assert.deepEqual(trial.proxies.problems, [{
    code: "WL_DOCKER_CONFIG_INVALID",
    message: `Cannot change Docker's configuration: '${trial.path}' is not a JSON object`,
    remedy: "Correct the file, or remove it, and try again.",
  }]);
  assert.equal(trial.changes(), 1);
  await Deno.writeTextFile(trial.path, "{}");
  assert.deepEqual(await trial.entries(), [OWN]);
  assert.deepEqual([trial.proxies.problems, trial.changes()], [[], 2]);
});

Deno.test("ContainerProxies leaves what is written at its end", async () => {
  await using trial = await openTrial();
  trial.settings.isInForce = true;
  assert.deepEqual(await trial.entries(), [OWN]);
  await trial.proxies[Symbol.asyncDispose]();
  trial.listening.pop(); // the host closes its endpoints
  assert.deepEqual(await trial.entries(), [OWN]);
});
