/**
 * `kill -9` at every state of the update's journal and at every replacement of `current.json`, right before and right after it is on
 * disk: one complete version runs afterwards, with all data, and the update can be finished.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { UpdateStatus } from "../../src/api/resources/updates.ts";
import { JOURNAL_STATES } from "../../src/update/records/journal.ts";
import { type DockerClient, openDockerClient } from "../support/docker_client.ts";
import { eventually } from "../support/eventually.ts";
import { type RenamePoint, setRenameTrap } from "../support/kill_at_rename.ts";
import { environmentOf } from "../support/process_tree.ts";
import type { CommandResult } from "../support/run_command.ts";
import { openUpdateLab } from "../support/update_lab.ts";
import { executableUnderTest, type StartedWindlass, startWindlass } from "../support/windlass_instance.ts";

/** A change of versions with a death in it takes half a minute; far above what a busy machine makes of that. */
const CHANGE_MILLISECONDS = 600_000;
/** What a host still does on its own after the command that follows it has given up. */
const AFTERWARDS_MILLISECONDS = 60_000;
/** States that only a version reaches that has to be left again. */
const OF_A_BROKEN_VERSION: readonly string[] = ["rolling-back"];
/** Whether the cases run that take minutes in all. */
const LONG_CASES = Deno.env.get("WINDLASS_LONG_CASES") === "1";
/** What the program does that has to be left again. */
const BREAKS = 'if (Deno.args[0] === "host") throw new Error("broken on purpose");';

interface Case {
  readonly name: string;
  readonly point: RenamePoint;
  readonly broken: boolean;
}

/**
 * Generated, so that a new state cannot be forgotten. Right before a write of the journal nothing is on disk that was not there right
 * after the one before, so those cases are the long ones.
 */
function cases(): Case[] {
  const moments = ["before", "after"] as const;
  const states = Object.keys(JOURNAL_STATES).flatMap((state) =>
    moments.filter((when) => when === "after" || LONG_CASES).map((when) => ({
      name: `${when} the journal says '${state}'`,
      point: { when, pathEnd: "/update/journal.json", text: `"state": "${state}"` },
      broken: OF_A_BROKEN_VERSION.includes(state),
    }))
  );
  const switches = ["true", "false"].flatMap((trial) =>
    moments.map((when) => ({
      name: `${when} current.json says that the trial is ${trial}`,
      point: { when, pathEnd: "/current.json", text: `"trial":${trial}` },
      broken: false,
    }))
  );
  return [...states, ...switches];
}

Deno.test("an update survives kill -9 at every step that it writes down", async (test) => {
  await using lab = await openUpdateLab("linux-x64", executableUnderTest());
  await using instance = await startWindlass({ executable: await lab.build("1.0.0") });
  await using docker = await openDockerClient(instance.dockerHost);
  await docker.run(["volume", "create", "kept"]);
  await docker.run([
    "run",
    "--name",
    "writer",
    "-v",
    "kept:/kept",
    "busybox",
    "sh",
    "-c",
    "echo precious > /kept/file",
  ]);

  let minor = 0;
  for (const { name, point, broken } of cases()) {
    await test.step(`killed ${name}`, async () => {
      const before = (await updateOf(instance)).current.version;
      if (broken) {
        await lab.publish(`1.${++minor}.0`, { program: (text) => `${BREAKS}\n${text}` });
        await updateWithTrap(instance, point);
        const settled = await untilSettled(instance);
        assert.equal(settled.current.version, before);
        assert.ok(settled.bad.some(({ version }) => version === `1.${minor}.0`), JSON.stringify(settled));
      } else {
        const next = `1.${++minor}.0`;
        await lab.publish(next);
        await updateWithTrap(instance, point);
        const settled = await untilSettled(instance);
        assert.ok([before, next].includes(settled.current.version), JSON.stringify(settled));
        await finishUpdate(instance, next);
      }
      await assertData(docker);
    });
  }
});

/**
 * Starts the host with the trap, installs, and starts a host again once somebody has been killed. The command has the trap as
 * well: it starts a host itself when it has heard of none for a while.
 */
async function updateWithTrap(instance: StartedWindlass, point: RenamePoint): Promise<void> {
  await instance.run(["stop"]);
  await using trap = await setRenameTrap(point);
  await instance.run(["start", "--no-wait"], { env: trap.env });
  const pid = (await instance.status()).host.pid ?? assert.fail("no host runs");
  for (const [name, value] of Object.entries(trap.env)) {
    assert.equal(await environmentOf(pid, name), value, "somebody else has started the host");
  }
  const options = { deadlineMilliseconds: CHANGE_MILLISECONDS, env: trap.env };
  let installed: CommandResult | Error | undefined;
  const installing = instance.attempt(["update", "install", "--now"], options)
    .catch((error: Error) => error).then((result) => installed = result);
  await eventually(
    async () => assert.ok(installed !== undefined || await trap.hasKilled()),
    CHANGE_MILLISECONDS,
  )
    .catch(() => {}); // it says below what there was
  try {
    await eventually(
      async () => assert.ok(await trap.hasKilled(), "nobody came by the trap"),
      AFTERWARDS_MILLISECONDS,
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${await situation(instance, await installing)}`);
  }
  // It fails if the host that it found is left for another one meanwhile.
  await eventually(
    () => instance.run(["start"], { deadlineMilliseconds: CHANGE_MILLISECONDS }),
    CHANGE_MILLISECONDS,
  );
  await installing;
}

/** All that shows what has become of an update. */
async function situation(instance: StartedWindlass, installed?: CommandResult | Error): Promise<string> {
  const files = ["current.json", "update/journal.json", "update/history.jsonl"].map(async (name) =>
    `--- ${name}\n${await Deno.readTextFile(join(instance.home, name)).catch(String)}`
  );
  const said = installed instanceof Error
    ? installed.message
    : JSON.stringify(installed, ["code", "stdout", "stderr"]);
  const status = await instance.attempt(["status", "--json"]).then(({ stdout }) => stdout, String);
  return [
    `--- update install\n${said}`,
    ...await Promise.all(files),
    `--- status\n${status}`,
    await instance.logs(),
  ]
    .join("\n");
}

async function finishUpdate(instance: StartedWindlass, version: string): Promise<void> {
  if ((await updateOf(instance)).current.version !== version) {
    await instance.run(["update", "install", "--now"], { deadlineMilliseconds: CHANGE_MILLISECONDS });
  }
  const settled = await untilSettled(instance);
  assert.equal(settled.current.version, version, JSON.stringify(settled));
}

/** Waits until nothing is on trial and nothing is being done. */
async function untilSettled(instance: StartedWindlass): Promise<UpdateStatus> {
  return await eventually(async () => {
    const { host } = await instance.status();
    assert.notEqual(host.pid, null, "no host runs");
    const update = await updateOf(instance);
    assert.equal(update.current.trial, false);
    assert.ok(["idle", "ready"].includes(update.step), update.step);
    return update;
  }, CHANGE_MILLISECONDS).catch(async (error) => {
    throw new Error(`${error.message}\n${await situation(instance)}`, { cause: error });
  });
}

async function updateOf(instance: StartedWindlass): Promise<UpdateStatus> {
  return JSON.parse(await instance.run(["update", "status", "--json"]));
}

async function assertData(docker: DockerClient): Promise<void> {
  assert.equal(await docker.run(["ps", "--all", "--format", "{{.Names}}"]), "writer");
  assert.equal(
    await docker.run(["run", "--rm", "-v", "kept:/kept", "busybox", "cat", "/kept/file"]),
    "precious",
  );
}
