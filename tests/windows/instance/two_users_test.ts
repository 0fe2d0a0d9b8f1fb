import assert from "node:assert/strict";
import { join } from "node:path";
import type { Status } from "../../../src/api/resources/status.ts";
import {
  START_MILLISECONDS,
  startWindowsInstance,
  windowsExecutable,
  wineOfUser,
} from "../support/windows_instance.ts";
import { WINDOWS_USER } from "../support/wine_prefix.ts";

Deno.test("two users of one machine: the second learns whose Windlass has the pipe, and how to get a separate one", async (test) => {
  await using first = await startWindowsInstance();
  const { wine } = first.machine;
  const { host: { pid } }: Status = JSON.parse(await first.run(["status", "--json"]));
  const second = await wineOfUser(wine, "Jo Müller");
  const program = wine.toWindows(await windowsExecutable());
  const windlass = (args: readonly string[], environment: Record<string, string> = {}) =>
    second.run({ program, args, environment }, { deadlineMilliseconds: START_MILLISECONDS });
  const taken = `Cannot listen on '\\\\.\\pipe\\windlass_engine': the Windlass of user '${WINDOWS_USER}' ` +
    `(process ${pid}) is using it\n` +
    "  WL_SOCKET_BUSY: Set WINDLASS_HOME to a folder of your own, which has its own pipe, or end that program.\n";

  await test.step("start, env and docker fail with the same words, whether it has started before or not", async () => {
    for (const args of [["env"], ["docker", "ps"], ["start"], ["env"], ["docker", "ps"]]) {
      const { code, stdout, stderr } = await windlass(args);
      assert.deepEqual([code, stdout, withoutNotice(stderr)], [1, "", `windlass: ${taken}`], args.join(" "));
    }
  });

  await test.step("status reports it as well, for an engine that is not running", async () => {
    const { code, stdout, stderr } = await windlass(["status", "--json"]);
    assert.deepEqual([code, stderr], [0, `windlass: ${taken}`]);
    const status: Status = JSON.parse(stdout);
    assert.deepEqual([status.host.pid, status.engine.state, status.engine.listening], [null, "stopped", []]);
  });

  await test.step("stop leaves the other's alone", async () => {
    assert.deepEqual(await windlass(["stop"]).then(({ code, stderr }) => [code, stderr]), [
      0,
      "Windlass is not running\n",
    ]);
    assert.equal((JSON.parse(await first.run(["status", "--json"])) as Status).host.pid, pid);
  });

  await test.step("a home of the second user's own has a pipe of its own", async () => {
    const environment = { WINDLASS_HOME: wine.toWindows(join(second.profile, "windlass")) };
    const started = await windlass(["start"], environment);
    assert.equal(started.code, 0, started.stderr);
    const setting = (await windlass(["env", "--shell", "cmd"], environment)).stdout;
    assert.match(setting, /^set "DOCKER_HOST=npipe:\/\/\/\/\.\/pipe\/windlass_engine-[0-9a-f]{8}"\r?\n$/);
  });
});

/** Without what the launcher says while it unpacks at the first start. */
function withoutNotice(stderr: string): string {
  return stderr.replace(/^Unpacking Windlass; this happens once\r?\n/, "");
}
