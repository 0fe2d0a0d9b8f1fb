import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import type { ClientCase } from "../client_case.ts";

/** Bytes of the large image: more than every buffer on the way. */
const LARGE_IMAGE_BYTES = 300_000_000;

/** Bytes of the image that is loaded while events are open. */
const WATCHED_IMAGE_BYTES = 100_000_000;

/** Images as archives. */
export const IMAGE_CASES: readonly ClientCase[] = [
  {
    name: "docker save | docker load of 300 MB",
    async run({ docker, folder }) {
      await importLargeImage(docker.shell, folder, "large:1", LARGE_IMAGE_BYTES);
      // Saved and removed first, so that the load has to store every layer; the pipe then runs both at once.
      await docker.shell("docker save large:1 > saved.tar && docker rmi large:1", { cwd: folder });
      const size = (await Deno.stat(`${folder}/saved.tar`)).size;
      assert.ok(size > LARGE_IMAGE_BYTES, `saved ${size} bytes`);
      assert.match(await docker.shell("docker load < saved.tar", { cwd: folder }), /Loaded image: large:1/);
      await docker.shell("rm saved.tar", { cwd: folder });
      await docker.shell(
        "docker create --name box large:1 x >/dev/null && docker cp box:/blob - | tar -xO blob | cmp - blob",
        { cwd: folder },
      );
      assert.match(await docker.shell("docker save large:1 | docker load", { cwd: folder }), /Loaded image/);
      await docker.run(["rm", "box"]);
      await docker.run(["rmi", "large:1"]);
    },
  },
  {
    name: "docker load of a large image while docker events is open",
    async run({ docker, image, folder }) {
      await importLargeImage(docker.shell, folder, "watched:1", WATCHED_IMAGE_BYTES);
      await docker.shell("docker save watched:1 > saved.tar && docker rmi watched:1", { cwd: folder });
      await using events = docker.start(["events", "--filter", "type=image", "--format", "{{.Action}}"]);
      // The stream is open when a first event has come through.
      await eventually(async () => {
        await docker.run(["tag", image, "seen:1"]);
        assert.match(events.output, /tag/);
      });
      await docker.run(["rmi", "seen:1"]);
      await docker.shell("docker load < saved.tar", { cwd: folder });
      await events.waitFor(/load/);
      await docker.run(["rmi", "watched:1"]);
    },
  },
  {
    name: "docker import, tag, history, inspect, commit and rmi",
    async run({ docker, image }) {
      await docker.run(["tag", image, "other:2"]);
      await docker.run(["run", "--name", "box", image, "touch", "/new"]);
      await docker.run(["commit", "--message", "new file", "box", "committed:1"]);
      assert.equal(await docker.run(["run", "--rm", "committed:1", "ls", "/new"]), "/new");
      const comment = await docker.run(["history", "--format", "{{.Comment}}", "committed:1"]);
      const command = await docker.run(["inspect", "--format", "{{.Config.Cmd}}", "other:2"]);
      await docker.run(["rm", "box"]);
      await docker.run(["rmi", "committed:1", "other:2"]);
      return [comment.split("\n")[0], command];
    },
  },
  {
    name: "docker load of what is not an image fails as on dockerd",
    async run({ docker }) {
      const { code, stderr } = await docker.attempt(["load"], { stdin: "this is not a tar".repeat(1_000) });
      assert.notEqual(code, 0);
      return stderr;
    },
  },
  {
    name: "docker pull from a registry that is not there fails as on dockerd",
    async run({ docker }) {
      // 127.0.0.1 may be a registry of the machine, and others are reached through the machine.
      const { code, stderr } = await docker.attempt(["pull", "[::1]:9/none:1"]);
      assert.equal(code, 1);
      return stderr;
    },
  },
];

async function importLargeImage(
  shell: (line: string, options: { cwd: string }) => Promise<string>,
  folder: string,
  name: string,
  bytes: number,
): Promise<void> {
  // Random bytes: nothing on the way may profit from compressing them.
  const line = `head -c ${bytes} /dev/urandom > blob && tar -c blob | docker import - ${name}`;
  await shell(line, { cwd: folder });
}
