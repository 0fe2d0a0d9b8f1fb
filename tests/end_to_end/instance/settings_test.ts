/** The settings as a user meets them: on the file while nothing runs, through the host while it does. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { WindlassClient } from "../../../mod.ts";
import { eventually } from "../../support/eventually.ts";
import { runCommand } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import {
  openWindlassInstance,
  startWindlass,
  type WindlassInstance,
} from "../../support/windlass_instance.ts";

/** The error output of a command that must fail. */
async function refusal(instance: WindlassInstance, args: readonly string[]): Promise<string> {
  const { code, stderr } = await instance.attempt(args);
  assert.equal(code, 1, stderr);
  return stderr;
}

const readSettings = async (home: string) => JSON.parse(await Deno.readTextFile(join(home, "settings.json")));

Deno.test("windlass settings works on the file while no host runs", async () => {
  await using instance = await openWindlassInstance();
  assert.equal(await instance.run(["settings", "get", "engine.idleTimeout"]), "10m");
  assert.equal(
    await instance.run(["settings", "set", "engine.idleTimeout", "1h30m"]),
    "engine.idleTimeout is 1h30m",
  );
  await instance.run(["settings", "set", "engine.daemonOptions", '{"debug":true}']);
  assert.deepEqual(await readSettings(instance.home), {
    version: 1,
    "engine.idleTimeout": "1h30m",
    "engine.daemonOptions": { debug: true },
  });
  assert.match(await instance.run(["settings", "list"]), /^engine\.idleTimeout = 1h30m\n {4}How long/);
  const [idle] = JSON.parse(await instance.run(["settings", "list", "--json"]));
  assert.deepEqual([idle.key, idle.value, idle.source, idle.locked], [
    "engine.idleTimeout",
    "1h30m",
    "user",
    false,
  ]);
  assert.equal(
    await instance.run(["settings", "reset", "engine.idleTimeout"]),
    "engine.idleTimeout is 10m",
  );
  assert.match(
    await refusal(instance, ["settings", "set", "startAtSignIn", "maybe"]),
    /Cannot set 'startAtSignIn' to 'maybe': it must be true or false\n/,
  );
  assert.match(
    await refusal(instance, ["settings", "get", "nothing"]),
    /Cannot use the setting 'nothing': unknown setting\n/,
  );
});

Deno.test("windlass settings keeps every change of many at once", async () => {
  await using instance = await openWindlassInstance();
  await instance.run(["settings", "set", "log.level", "info"]);
  await Promise.all([
    instance.run(["settings", "set", "log.level", "warn"]),
    instance.run(["settings", "set", "engine.idleTimeout", "1h"]),
    instance.run(["settings", "set", "ports.defaultAddress", "127.0.0.1"]),
  ]);
  assert.deepEqual(await readSettings(instance.home), {
    version: 1,
    "log.level": "warn",
    "engine.idleTimeout": "1h",
    "ports.defaultAddress": "127.0.0.1",
  });
});

Deno.test("a policy of the machine locks settings, and says so", async () => {
  await using instance = await openWindlassInstance();
  const policy = '{"locked":{"engine.idleTimeout":"never"},"defaults":{"log.level":"info"}}';
  // In a mount namespace of its own: other hosts on this machine must not see the policy.
  const underPolicy = (...args: string[]) =>
    runCommand([
      "unshare",
      "--mount",
      "sh",
      "-c",
      'mount -t overlay -o lowerdir=/etc,upperdir="$1/upper",workdir="$1/work" none /etc && ' +
      'mkdir -p /etc/windlass && printf %s "$2" > /etc/windlass/policy.json && shift 2 && exec "$@"',
      "sh",
      overlay.path,
      policy,
      instance.executable,
      ...args,
    ], { env: { WINDLASS_HOME: instance.home } });
  await using overlay = await openTemporaryFolder("windlass-policy");
  await Deno.mkdir(join(overlay.path, "upper"));
  await Deno.mkdir(join(overlay.path, "work"));
  const list = (await underPolicy("settings", "list")).stdout;
  assert.match(list, /^engine\.idleTimeout = never {3}\(locked by a policy\)$/m);
  assert.match(list, /^log\.level = info {3}\(policy default\)$/m);
  const { code, stderr } = await underPolicy("settings", "set", "engine.idleTimeout", "5m");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /Cannot change 'engine\.idleTimeout': the policy '\/etc\/windlass\/policy\.json' locks it\n/,
  );
  assert.equal((await underPolicy("settings", "set", "log.level", "warn")).stdout, "log.level is warn\n");
});

Deno.test("startAtSignIn makes an autostart entry, and uninstall takes it away", async () => {
  await using config = await openTemporaryFolder("windlass-config");
  await using instance = await openWindlassInstance({ env: { XDG_CONFIG_HOME: config.path } });
  const entries = () => Array.fromAsync(Deno.readDir(join(config.path, "autostart")), ({ name }) => name);
  await instance.run(["settings", "set", "startAtSignIn", "true"]);
  const [name] = await entries();
  assert.match(name ?? "", /^windlass-[0-9a-f]{8}\.desktop$/);
  assert.match(
    await Deno.readTextFile(join(config.path, "autostart", name!)),
    new RegExp(`^Exec=env WINDLASS_HOME=${instance.home} ${instance.executable} start --on-demand$`, "m"),
  );
  await instance.run(["settings", "set", "startAtSignIn", "false"]);
  assert.deepEqual(await entries(), []);
  await instance.run(["settings", "set", "startAtSignIn", "true"]);
  await instance.run(["uninstall", "--yes"]);
  assert.deepEqual(await entries(), []);
});

Deno.test("a running host takes changes at once, and names what is damaged", async () => {
  await using instance = await openWindlassInstance();
  await Deno.writeTextFile(join(instance.home, "settings.json"), "{ damaged");
  await instance.run(["start"]);
  const status = JSON.parse(await instance.run(["status", "--json"]));
  assert.deepEqual(status.warnings.map(({ code }: { code: string }) => code), ["WL_SETTINGS_DAMAGED"]);
  const aside = /is now '(.*)'$/.exec(status.warnings[0].message)?.[1] ?? "";
  assert.equal(await Deno.readTextFile(aside), "{ damaged");

  using client = new WindlassClient({ addressFile: join(instance.home, "api.json") });
  const [entry] = await client.settings.change({ "engine.idleTimeout": "1s" });
  assert.deepEqual([entry?.value, entry?.takesEffect], ["1s", "at once"]);
  await eventually(async () => assert.equal((await instance.status()).engine.state, "stopped"));
  assert.equal(
    await instance.run(["settings", "set", "engine.idleTimeout", "never"]),
    "engine.idleTimeout is never",
  );
  assert.deepEqual(await readSettings(instance.home), { version: 1, "engine.idleTimeout": "never" });
  assert.match(
    await refusal(instance, ["settings", "set", "log.level", "loud"]),
    /Cannot set 'log\.level' to 'loud': it must be 'debug', 'info', 'warn' or 'error'\n/,
  );
});

Deno.test("options of dockerd are used when they are good, and never keep the engine from starting", async () => {
  await using instance = await startWindlass();
  const inspectLog = () =>
    instance.run([
      ...["docker", "run", "--rm", "--detach", "busybox", "sleep", "1000"],
    ]).then((id) => instance.run(["docker", "inspect", "--format", "{{json .HostConfig.LogConfig}}", id]));
  const warnings = async () =>
    JSON.parse(await instance.run(["status", "--json"])).warnings.map(({ message }: { message: string }) =>
      message
    );

  // Refused by dockerd before anything is written.
  assert.match(
    await refusal(instance, ["settings", "set", "engine.daemonOptions", '{"nonsense":true}']),
    /Cannot set 'engine\.daemonOptions': the following directives don't match any configuration option: nonsense\n/,
  );
  assert.equal(await instance.run(["settings", "get", "engine.daemonOptions"]), "{}");

  const good = '{"log-driver":"json-file","log-opts":{"max-size":"1m"}}';
  assert.equal(
    await instance.run(["settings", "set", "engine.daemonOptions", good]),
    `engine.daemonOptions is ${good}\n` +
      "This applies when the engine next starts; run 'windlass restart' to apply it now.",
  );
  assert.equal(JSON.parse(await inspectLog()).Config["max-size"], undefined);
  await instance.run(["restart"]);
  assert.deepEqual(JSON.parse(await inspectLog()), { Type: "json-file", Config: { "max-size": "1m" } });
  assert.deepEqual(await warnings(), []);

  // Written while no host runs, so that nobody could look at it; and one that dockerd's own check lets pass.
  for (
    const [options, reason] of [
      ['{"nonsense":true}', /: the following directives don't match any configuration option: nonsense$/],
      ['{"bip":"not an address"}', /dockerd does not start with it: status 1: /],
    ] as const
  ) {
    await instance.run(["stop"]);
    await instance.run(["settings", "set", "engine.daemonOptions", options]);
    await instance.run(["start"]);
    const [warning, ...others] = await warnings();
    assert.match(warning ?? "", /^Cannot use 'engine\.daemonOptions', so Docker runs without: /);
    assert.match(warning ?? "", reason);
    assert.deepEqual(others, []);
    assert.equal(await instance.run(["docker", "run", "--rm", "busybox", "echo", "well"]), "well");
  }
  await instance.run(["settings", "reset", "engine.daemonOptions"]);
  await instance.run(["restart"]);
  assert.deepEqual(await warnings(), []);
});
