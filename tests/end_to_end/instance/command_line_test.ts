import assert from "node:assert/strict";
import { join } from "node:path";
import { Status } from "../../../schemas.ts";
import { eventually, pause } from "../../support/eventually.ts";
import { runCommand } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { executableUnderTest, openWindlassInstance } from "../../support/windlass_instance.ts";

/** A host that finds the home taken gives up sooner than this; on a slow machine, later, and nothing is tested. */
const GIVE_UP_MILLISECONDS = 1_500;

/** What the command line says when it refuses: the sentence, then code and remedy. */
function refusal(sentence: string, code: string, remedy: string): string {
  return `windlass: ${sentence}\n  ${code}: ${remedy}\n`;
}

Deno.test("windlass refuses an unknown command with exit code 2", async () => {
  await using folder = await openTemporaryFolder("windlass-cli");
  const result = await runCommand([executableUnderTest(), "frobnicate"], {
    env: { WINDLASS_HOME: folder.path },
  });
  assert.deepEqual([result.code, result.stdout, result.stderr], [
    2,
    "",
    refusal(
      "Cannot run 'frobnicate': unknown command",
      "WL_USAGE",
      "Run 'windlass help' to see the commands and their flags.",
    ),
  ]);
});

Deno.test("windlass refuses a WINDLASS_HOME that is not an absolute path", async () => {
  const result = await runCommand([executableUnderTest(), "status"], { env: { WINDLASS_HOME: "state" } });
  assert.notEqual(result.code, 0);
  assert.equal(
    result.stderr,
    refusal(
      "Cannot use 'state' as WINDLASS_HOME: it is not an absolute path",
      "WL_HOME_INVALID",
      "Set WINDLASS_HOME to an absolute path of a folder that you can write to, or unset it.",
    ),
  );
});

Deno.test("windlass start without root says so and leaves nothing behind", async () => {
  await using folder = await openTemporaryFolder("windlass-cli");
  await Deno.chmod(folder.path, 0o1777); // as /tmp: where all can rename the home, Windlass does not start
  // The build is in a folder that only root can enter, and a copy shows that the executable is all that it takes.
  const copy = join(folder.path, "windlass");
  await Deno.copyFile(executableUnderTest(), copy);
  await Deno.chmod(copy, 0o755);
  const home = join(folder.path, "home");
  const result = await runCommand(
    ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy, "start"],
    { env: { WINDLASS_HOME: home } },
  );
  assert.equal(result.code, 1);
  assert.equal(
    result.stderr,
    refusal(
      "Cannot start Windlass: user id is 65534, and namespaces require root",
      "WL_ROOT_NEEDED",
      "Run the same command as root, for example with 'sudo'.",
    ),
  );
  const left = [...Deno.readDirSync(home)].map((entry) => entry.name).filter((name) =>
    name !== "components" && name !== "deno"
  );
  assert.deepEqual(left, []);
});

Deno.test("windlass start names a docker.sock that somebody else serves", async () => {
  await using instance = await openWindlassInstance();
  const path = join(instance.home, "docker.sock");
  {
    using _other = Deno.listen({ transport: "unix", path });
    const result = await instance.attempt(["start"]);
    assert.equal(result.code, 1);
    assert.match(
      result.stderr,
      new RegExp(`^windlass: Cannot listen on '?${path}'?: [^\\n]+\\n  WL_SOCKET_BUSY: `),
    );
    assert.equal((await instance.status()).host.pid, null);
  }
  await Deno.remove(path).catch(() => {}); // the listener may have taken its file along
});

Deno.test("windlass start takes the home of a host that is just ending", async () => {
  await using instance = await openWindlassInstance();
  using ending = await Deno.open(join(instance.home, "host.lock"), { create: true, write: true });
  await ending.lock(true);
  const starting = instance.attempt(["start", "--on-demand"]);
  await eventually(() => Deno.stat(join(instance.home, "logs/host.stderr")));
  await pause(GIVE_UP_MILLISECONDS);
  ending.unlockSync();
  const { code, stderr } = await starting;
  assert.deepEqual([code, stderr], [0, "Windlass is listening; the first request starts the engine\n"]);
  await instance.run(["stop"]);
});

Deno.test("windlass start names a tool that is missing, and 'windlass status' still answers", async () => {
  await using instance = await openWindlassInstance();
  // In a mount namespace of its own, nft is not a program.
  const hidden = 'mount --bind /dev/null "$(command -v nft)" && exec "$@"';
  const result = await runCommand(
    ["unshare", "--mount", "sh", "-c", hidden, "sh", instance.executable, "start"],
    { env: { WINDLASS_HOME: instance.home } },
  );
  assert.equal(result.code, 1);
  assert.match(result.stderr, /Cannot [^\n]+: the program 'nft' is missing/);
  assert.match(
    result.stderr,
    /\n {2}WL_TOOL_MISSING: Install it with 'apt-get install nftables' and try again\.\n$/,
  );
  // Each further try is shown as a start for a moment.
  await eventually(async () => assert.equal((await instance.status()).engine.state, "failed"));
  await instance.run(["stop"]);
});

Deno.test("windlass reset --data and uninstall ask for --yes", async () => {
  await using instance = await openWindlassInstance();
  const reset = await instance.attempt(["reset", "--data"]);
  assert.deepEqual([reset.code, reset.stderr], [
    1,
    refusal(
      "Cannot reset with --data: this deletes all images, containers and volumes, and needs --yes",
      "WL_CONFIRM_NEEDED",
      "Repeat the command with --yes if that is what you want.",
    ),
  ]);
  const uninstall = await instance.attempt(["uninstall"]);
  assert.deepEqual([uninstall.code, uninstall.stderr], [
    1,
    refusal(
      "Cannot uninstall: this deletes all images, containers and volumes, and needs --yes",
      "WL_CONFIRM_NEEDED",
      "Repeat the command with --yes if that is what you want, or with --keep-data to keep them.",
    ),
  ]);
});

Deno.test("windlass status, logs, stop and docker have an answer where nothing runs", async () => {
  await using instance = await openWindlassInstance();
  const status = Status.parse(JSON.parse(await instance.run(["status", "--json"])));
  assert.deepEqual(status, {
    version: status.version,
    host: { pid: null },
    engine: {
      state: "stopped",
      dockerHost: `unix://${instance.home}/docker.sock`,
      listening: [],
      keptBy: [],
      stopsAt: null,
      dockerVersion: null,
      since: null,
    },
    distro: { name: "windlass", rootfs: null },
    warnings: [],
  });
  assert.equal(await instance.run(["env"]), `export DOCKER_HOST='unix://${instance.home}/docker.sock'`);
  assert.equal(await instance.run(["logs"]), "");
  assert.equal((await instance.attempt(["stop"])).stderr, "Windlass is not running\n");
  const docker = await instance.attempt(["docker", "ps"]);
  assert.deepEqual([docker.code, docker.stderr], [
    1,
    refusal(
      "Cannot run the Docker CLI: Windlass is not running",
      "WL_HOST_NOT_RUNNING",
      "Start it with 'windlass start'.",
    ),
  ]);
  const follow = await instance.attempt(["logs", "-f"]);
  assert.deepEqual([follow.code, follow.stderr], [
    1,
    refusal(
      "Cannot follow the log: Windlass is not running",
      "WL_HOST_NOT_RUNNING",
      "Start it with 'windlass start'.",
    ),
  ]);
});
