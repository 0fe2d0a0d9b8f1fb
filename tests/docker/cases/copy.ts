import assert from "node:assert/strict";
import { join } from "node:path";
import type { ClientCase } from "../client_case.ts";

/** Files into containers and out of them. */
export const COPY_CASES: readonly ClientCase[] = [
  {
    name: "docker cp copies files and folders both ways",
    async run({ docker, image, folder }) {
      await docker.shell(
        `mkdir -p in/deep && echo small > in/deep/small && head -c 20000000 /dev/urandom > in/large
         docker create --name box ${image} true
         docker cp in box:/copied && docker cp box:/copied out && diff -r in out`,
        { cwd: folder },
      );
    },
  },
  {
    name: "docker cp streams a tar both ways",
    async run({ docker, image, folder }) {
      await docker.shell(
        `mkdir in && echo text > in/file && docker create --name box ${image} true
         tar -c in | docker cp - box:/tmp && docker cp box:/tmp/in - | tar -x --one-top-level=out && cmp in/file out/in/file`,
        { cwd: folder },
      );
    },
  },
  {
    name: "docker cp of a missing file fails as on dockerd",
    async run({ docker, image, folder }) {
      await docker.run(["create", "--name", "box", image, "true"]);
      const { code, stderr } = await docker.attempt(["cp", "box:/no-such", join(folder, "x")]);
      assert.notEqual(code, 0);
      return stderr.replaceAll(/[0-9a-f]{64}/g, "ID");
    },
  },
  {
    name: "docker export gives a whole file system",
    async run({ docker, image, folder }) {
      await docker.run(["create", "--name", "box", image, "true"]);
      const list = await docker.shell("docker export box | tar -t | grep -c '^bin/'", { cwd: folder });
      assert.ok(Number(list) > 100);
      return list;
    },
  },
  {
    name: "bind mount of a host folder reads and writes",
    async run({ docker, image, folder }) {
      await Deno.writeTextFile(join(folder, "from-host"), "host\n");
      const script = "cat /data/from-host; echo container > /data/from-container";
      assert.equal(
        await docker.run(["run", "--rm", "-v", `${folder}:/data`, image, "sh", "-c", script]),
        "host",
      );
      assert.equal(await Deno.readTextFile(join(folder, "from-container")), "container\n");
    },
  },
  {
    name: "bind mount by --mount, read-only, with a space and an umlaut in its path",
    async run({ docker, image, folder }) {
      const path = join(folder, "a folder with ümlaut");
      await Deno.mkdir(path);
      await Deno.writeTextFile(join(path, "file"), "inside\n");
      const mount = ["--mount", `type=bind,source=${path},target=/data,readonly`];
      const script = "cat /data/file; touch /data/new 2>/dev/null || echo read-only";
      assert.equal(
        await docker.run(["run", "--rm", ...mount, image, "sh", "-c", script]),
        "inside\nread-only",
      );
    },
  },
  {
    name: "bind mount by --mount of a missing folder fails",
    async run({ docker, image, folder }) {
      const mount = ["--mount", `type=bind,source=${join(folder, "missing")},target=/data`];
      const { code, stderr } = await docker.attempt(["run", "--rm", ...mount, image, "true"]);
      assert.equal(code, 125);
      assert.match(stderr, /bind source path does not exist/);
    },
  },
  {
    name: "bind mount by -v of a missing folder makes it on the host",
    async run({ docker, image, folder }) {
      const path = join(folder, "made", "by", "docker");
      await docker.run(["run", "--rm", "-v", `${path}:/data`, image, "touch", "/data/file"]);
      assert.ok((await Deno.stat(join(path, "file"))).isFile);
    },
  },
];
