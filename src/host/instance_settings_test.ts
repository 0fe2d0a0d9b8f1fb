import assert from "node:assert/strict";
import { type SettingKey, Settings } from "../settings/settings_schema.ts";
import { resolveHome } from "./home.ts";
import { applySettings, followSettings } from "./instance_settings.ts";

const signal = new AbortController().signal;

function apply(values: Partial<Settings>, changed: readonly SettingKey[], options: {
  readonly dockerConfig?: string;
  readonly isDefault?: boolean;
  readonly refusal?: string;
}): Promise<void> {
  const environment = options.isDefault ? { HOME: "/home/me" } : { WINDLASS_HOME: "/srv/windlass" };
  return applySettings(
    {
      home: resolveHome(environment, "linux"),
      executable: "/opt/windlass",
      dockerConfig: options.dockerConfig,
      checkDaemonOptions: () => Promise.resolve(options.refusal),
    },
    { values: Settings.parse(values), changed, signal },
  );
}

Deno.test("applySettings() refuses options that dockerd refuses, in its words", async () => {
  const values = { "engine.daemonOptions": { nonsense: true } };
  await assert.rejects(apply(values, ["engine.daemonOptions"], { refusal: "unknown: nonsense" }), {
    code: "WL_DAEMON_OPTIONS_INVALID",
    message: "Cannot set 'engine.daemonOptions': unknown: nonsense",
  });
  await apply(values, ["engine.daemonOptions"], {});
  await apply(values, ["log.level"], { refusal: "not asked for" });
});

Deno.test("applySettings() takes the Docker context into use and out again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const options = { dockerConfig: folder, isDefault: true };
    const config = async () => JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
    await Deno.writeTextFile(`${folder}/config.json`, '{"auths":{}}');
    await apply({ "docker.useContext": true }, ["docker.useContext"], options);
    assert.deepEqual(await config(), { auths: {}, currentContext: "windlass" });
    await apply({ "docker.useContext": false }, ["docker.useContext"], options);
    assert.deepEqual(await config(), { auths: {} });
    await Deno.writeTextFile(`${folder}/config.json`, '{"currentContext":"mine"}');
    await apply({ "docker.useContext": false }, ["docker.useContext"], options);
    assert.deepEqual(await config(), { currentContext: "mine" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("applySettings() says why there is no Docker context to use", async () => {
  for (
    const [options, message] of [
      [{ dockerConfig: "/c" }, "Cannot use the Docker context: only the default home has one"],
      [{ isDefault: true }, "Cannot use the Docker context: Docker's folder is not known"],
    ] as const
  ) {
    await assert.rejects(apply({ "docker.useContext": true }, ["docker.useContext"], options), {
      code: "WL_NOT_SUPPORTED",
      message,
    });
    await apply({ "docker.useContext": false }, ["docker.useContext"], options);
  }
});

Deno.test("followSettings() tells what it cannot do, and goes on", async () => {
  const problems = await followSettings({
    home: resolveHome({ WINDLASS_HOME: "/srv/windlass" }, "linux"),
    executable: "/opt/windlass",
    dockerConfig: undefined,
  }, Settings.parse({ "docker.useContext": true }));
  assert.deepEqual(problems.map(({ message }) => message), [
    "Cannot use the Docker context: only the default home has one",
  ]);
});
