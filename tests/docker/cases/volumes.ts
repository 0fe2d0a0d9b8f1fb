import assert from "node:assert/strict";
import type { ClientCase } from "../client_case.ts";

/** Volumes. */
export const VOLUME_CASES: readonly ClientCase[] = [
  {
    name: "a volume outlives its containers",
    async run({ docker, image }) {
      await docker.run(["volume", "create", "kept"]);
      await docker.run(["run", "--rm", "-v", "kept:/data", image, "sh", "-c", "echo kept > /data/file"]);
      assert.equal(
        await docker.run(["run", "--rm", "-v", "kept:/data:ro", image, "cat", "/data/file"]),
        "kept",
      );
      await docker.run(["volume", "rm", "kept"]);
    },
  },
  {
    name: "volumes are listed, inspected, in use, and pruned",
    async run({ docker, image }) {
      await docker.run(["volume", "create", "--label", "case=volumes", "used"]);
      await docker.run(["run", "-d", "--name", "box", "-v", "used:/data", image, "sleep", "1000"]);
      assert.notEqual((await docker.attempt(["volume", "rm", "used"])).code, 0);
      const listed = await docker.run(["volume", "ls", "--filter", "label=case=volumes", "--quiet"]);
      await docker.run(["rm", "--force", "box"]);
      await docker.run(["volume", "prune", "--all", "--force"]);
      assert.equal(await docker.run(["volume", "ls", "--filter", "label=case=volumes", "--quiet"]), "");
      return listed;
    },
  },
  {
    name: "anonymous volumes and tmpfs",
    async run({ docker, image }) {
      const mounts = ["-v", "/anonymous", "--tmpfs", "/scratch:size=1m"];
      const script = "echo x > /anonymous/file; grep -c ' /scratch tmpfs' /proc/mounts";
      assert.equal(await docker.run(["run", "--rm", ...mounts, image, "sh", "-c", script]), "1");
    },
  },
  {
    name: "--volumes-from shares the volumes of another container",
    async run({ docker, image }) {
      await docker.run([
        "run",
        "--name",
        "owner",
        "-v",
        "/data",
        image,
        "sh",
        "-c",
        "echo mine > /data/file",
      ]);
      const output = await docker.run(["run", "--rm", "--volumes-from", "owner", image, "cat", "/data/file"]);
      assert.equal(output, "mine");
    },
  },
];
