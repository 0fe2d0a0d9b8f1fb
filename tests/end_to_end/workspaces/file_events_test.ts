/** Changes of files in a mount from a user's distro are seen on the other side, by the watchers that people use. */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { TEST_IMAGE } from "../../support/test_image.ts";
import { putGoWatcher, putNodeProgram } from "../../support/user_distros/distro_clients.ts";
import type { UserDistro } from "../../support/user_distros/user_distro.ts";
import { openWorkspace, startWindlassWithImage } from "../../support/user_distros/workspace.ts";

/** A program that watches a folder and prints a line for each event. */
interface Watcher {
  readonly name: string;
  /** A line of sh, in the distro or in a container with the distro's programs. */
  readonly command: string;
  readonly ready: RegExp;
  /** What it prints for each of {@linkcode CHANGES}. */
  readonly events: readonly RegExp[];
}

/** Each is made once the event of the one before has been seen. */
const CHANGES = ["echo 1 > first", "echo 2 >> first", "mv first second", "rm second"];

/** The distro's programs in a container that has none. */
const PROGRAMS = "-v /usr:/usr:ro -v /usr/lib:/lib:ro -v /usr/lib64:/lib64:ro -v /opt:/opt:ro";

const FOLDER = "/home/me/watched";

async function openWatchers(distro: UserDistro): Promise<Watcher[]> {
  const chokidar = await putNodeProgram(
    distro,
    "tests/end_to_end/workspaces/chokidar_watcher.ts",
    "chokidar_watcher",
  );
  return [
    {
      name: "inotifywait",
      command: `inotifywait --monitor --event create,modify,move,delete --format '%e %f' ${FOLDER} 2>&1`,
      ready: /Watches established/,
      events: [/CREATE first/, /MODIFY first/, /MOVED_TO second/, /DELETE second/],
    },
    {
      name: "chokidar",
      command: `node ${chokidar} ${FOLDER}`,
      ready: /ready/,
      events: [/add first/, /change first/, /add second/, /unlink second/],
    },
    {
      name: "a Go program with fsnotify",
      command: `${await putGoWatcher(distro)} ${FOLDER}`,
      ready: /ready/,
      events: [/CREATE first/, /WRITE first/, /CREATE second/, /REMOVE second/],
    },
  ];
}

/** Makes the changes one after the other and expects the event of each in the output. */
async function expectEvents(
  watcher: Watcher,
  output: () => string | Promise<string>,
  change: (line: string) => Promise<unknown>,
): Promise<void> {
  const expect = (pattern: RegExp) =>
    eventually(async () => assert.match(await output(), pattern, `${watcher.name} prints no ${pattern}`));
  await expect(watcher.ready);
  for (const [index, line] of CHANGES.entries()) {
    await change(`cd ${FOLDER} && ${line}`);
    await expect(watcher.events[index]!);
  }
}

Deno.test("watchers see the changes of files that both a distro and a container have", async (test) => {
  await using instance = await startWindlassWithImage();
  await using distro = await openWorkspace(instance, "debian");
  await distro.script(`mkdir -p ${FOLDER}`);
  for (const watcher of await openWatchers(distro)) {
    await test.step(`${watcher.name} in a container sees what the distro changes`, async () => {
      const run = `docker run --detach ${PROGRAMS} -v ${FOLDER}:${FOLDER} --env PATH=/usr/bin:/bin`;
      const id = await distro.script(`${run} ${TEST_IMAGE} sh -c "${watcher.command}"`);
      try {
        await expectEvents(
          watcher,
          () => distro.script(`docker logs ${id} 2>&1`),
          (line) => distro.script(line),
        );
      } finally {
        await distro.script(`docker rm --force ${id}`);
      }
    });
    await test.step(`${watcher.name} in the distro sees what a container changes`, async () => {
      const run = `docker run --rm -v ${FOLDER}:${FOLDER} ${TEST_IMAGE} sh -c`;
      await using running = distro.start(["/bin/sh", "-c", `exec ${watcher.command}`]);
      await expectEvents(watcher, () => running.output, (line) => distro.script(`${run} "${line}"`));
    });
  }
});
