import assert from "node:assert/strict";
import { join } from "node:path";
import { executableUnderTest } from "../../support/windlass_instance.ts";
import { openWine, type Wine } from "../support/wine.ts";

const RUN_KEY = "HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run";

/** A built windlass.exe as its user runs it, without a host. */
function windlassIn(wine: Wine) {
  const program = wine.toWindows(`${executableUnderTest()}.exe`);
  return async (...args: string[]) => {
    const { code, stdout, stderr } = await wine.run({ program, args });
    return { code, stdout: stdout.replaceAll("\r", ""), stderr: stderr.replaceAll("\r", "") };
  };
}

Deno.test("windlass.exe settings changes file, Run key and Docker context of its user", async () => {
  await using wine = await openWine();
  const windlass = windlassIn(wine);
  const home = join(wine.profile, "AppData/Local/Windlass");
  const dockerConfig = join(wine.profile, ".docker/config.json");
  const before = await wine.exportRegistry(RUN_KEY);

  assert.deepEqual(await windlass("settings", "set", "startAtSignIn", "true"), {
    code: 0,
    stdout: "startAtSignIn is true\n",
    stderr: "",
  });
  const executable = wine.toWindows(`${executableUnderTest()}.exe`).replaceAll("\\", "\\\\");
  assert.ok(
    (await wine.exportRegistry(RUN_KEY)).includes(`"windlass"="\\"${executable}\\" start --on-demand"`),
    await wine.exportRegistry(RUN_KEY),
  );
  await windlass("settings", "set", "docker.useContext", "true");
  assert.equal(JSON.parse(await Deno.readTextFile(dockerConfig)).currentContext, "windlass");
  assert.deepEqual(JSON.parse(await Deno.readTextFile(join(home, "settings.json"))), {
    version: 1,
    startAtSignIn: true,
    "docker.useContext": true,
  });
  await windlass("settings", "reset", "startAtSignIn");
  await windlass("settings", "reset", "docker.useContext");
  assert.equal(await wine.exportRegistry(RUN_KEY), before);
  await assert.rejects(Deno.stat(dockerConfig), Deno.errors.NotFound);
});

Deno.test("windlass.exe settings follows the policy of the machine, and sets a damaged file aside", async () => {
  await using wine = await openWine();
  const windlass = windlassIn(wine);
  const policies = join(wine.driveC, "ProgramData/Windlass");
  await Deno.mkdir(policies, { recursive: true });
  await Deno.writeTextFile(join(policies, "policy.json"), '\ufeff{"locked":{"log.level":"warn"}}');
  const home = join(wine.profile, "AppData/Local/Windlass");
  await Deno.mkdir(home, { recursive: true });
  await Deno.writeTextFile(join(home, "settings.json"), "{ damaged");

  const { code, stdout, stderr } = await windlass("settings", "get", "log.level");
  assert.deepEqual([code, stdout], [0, "warn\n"]);
  assert.match(stderr, /the file is damaged and is now 'C:\\.*\\settings\.json\.damaged-[\dTZ-]+'\n/);
  const locked = await windlass("settings", "set", "log.level", "debug");
  assert.equal(locked.code, 1);
  assert.match(
    locked.stderr,
    /Cannot change 'log\.level': the policy 'C:\\ProgramData\\Windlass\\policy\.json' locks it\n/,
  );
});
