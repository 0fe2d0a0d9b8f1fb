import assert from "node:assert/strict";
import { MEMORY_PATHS, MemorySettingsFiles } from "../../tests/fakes/memory_settings_files.ts";
import type { LogLevel } from "../logging/log.ts";
import { SettingsStore } from "../settings/settings_store.ts";
import { NEVER } from "../timing/sleep.ts";
import { resolveHome } from "./home.ts";
import { InstanceSettings } from "./instance_settings.ts";
import { machineFollowers, type MachineFollowersOptions, serviceFollowers } from "./settings_followers.ts";

/** Settings whose files are in memory. */
async function open(options: {
  readonly dockerConfig?: string;
  readonly isDefault?: boolean;
  readonly settings?: string;
} = {}): Promise<{ settings: InstanceSettings; files: MemorySettingsFiles }> {
  const { dockerConfig, isDefault = false, ...stored } = options;
  const files = Object.assign(new MemorySettingsFiles(), stored);
  const store = await SettingsStore.open({ files, paths: MEMORY_PATHS });
  const environment = isDefault ? { HOME: "/home/me" } : { WINDLASS_HOME: "/srv/windlass" };
  const machine: MachineFollowersOptions = {
    installation: { home: resolveHome(environment, "linux"), executable: "/opt/windlass" },
    dockerConfig,
  };
  return { settings: new InstanceSettings(store, machineFollowers(machine)), files };
}

Deno.test("InstanceSettings.change() refuses options that dockerd refuses, in its words", async () => {
  const { settings, files } = await open();
  const logs = { level: "debug" as LogLevel };
  let refusal: string | undefined = "unknown: nonsense";
  let checks = 0;
  settings.follow(serviceFollowers({
    engine: { checkDaemonOptions: () => Promise.resolve(refusal) },
    idle: { checkSoon: () => checks++ },
    logs,
    network: { settingChanged: () => {} },
    workspaces: { settingChanged: () => {} },
  }));
  const changes = { "engine.daemonOptions": { nonsense: true } };
  await assert.rejects(settings.change(changes, NEVER), {
    code: "WL_DAEMON_OPTIONS_INVALID",
    message: "Cannot set 'engine.daemonOptions': unknown: nonsense",
  });
  assert.equal(files.writes, 0);
  await settings.change({ "log.level": "warn" }, NEVER); // dockerd is not asked for that
  assert.equal(logs.level, "warn");
  refusal = undefined;
  await settings.change(changes, NEVER);
  assert.equal(checks, 0);
  await settings.change({ "engine.idleTimeout": "1h" }, NEVER);
  assert.equal(checks, 1);
});

Deno.test("InstanceSettings.change() takes the Docker context into use and out again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { settings } = await open({ dockerConfig: folder, isDefault: true });
    const config = async () => JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
    await Deno.writeTextFile(`${folder}/config.json`, '{"auths":{}}');
    await settings.change({ "docker.useContext": true }, NEVER);
    assert.deepEqual(await config(), { auths: {}, currentContext: "windlass" });
    await settings.change({ "docker.useContext": false }, NEVER);
    assert.deepEqual(await config(), { auths: {} });
    await settings.change({ "docker.useContext": true }, NEVER);
    await Deno.writeTextFile(`${folder}/config.json`, '{"currentContext":"mine"}');
    await settings.change({ "docker.useContext": false }, NEVER);
    assert.deepEqual(await config(), { currentContext: "mine" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("InstanceSettings.change() says why there is no Docker context to use", async () => {
  for (
    const [options, message] of [
      [{ dockerConfig: "/c" }, "Cannot use the Docker context: only the default home has one"],
      [{ isDefault: true }, "Cannot use the Docker context: Docker's folder is not known"],
    ] as const
  ) {
    const { settings } = await open(options);
    await assert.rejects(settings.change({ "docker.useContext": true }, NEVER), {
      code: "WL_NOT_SUPPORTED",
      message,
    });
    const other = await open({ ...options, settings: '{"version":1,"docker.useContext":true}' });
    await other.settings.change({ "docker.useContext": false }, NEVER);
  }
});

Deno.test("InstanceSettings.start() reports what it cannot do, and continues", async () => {
  const { settings } = await open({ settings: '{"version":1,"docker.useContext":true}' });
  const problems = await settings.start();
  assert.deepEqual(problems.map(({ message }) => message), [
    "Cannot use the Docker context: only the default home has one",
  ]);
});
