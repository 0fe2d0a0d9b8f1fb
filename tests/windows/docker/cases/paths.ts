import assert from "node:assert/strict";
import { join } from "node:path";
import { IMAGE, type WindowsCase } from "./windows_case.ts";

/** Folders of Windows in containers, and copies between the two. */
export const PATH_CASES: readonly WindowsCase[] = [
  {
    name: "-v C:\\...:/data reads and writes the folder",
    async run({ docker, folder, windowsFolder }) {
      await Deno.writeTextFile(join(folder, "in.txt"), "from Windows\n");
      const script = "cat /data/in.txt; echo from the container > /data/out.txt";
      const args = ["run", "--rm", "-v", `${windowsFolder}:/data`, IMAGE, "sh", "-c", script];
      assert.equal(await docker.run(args), "from Windows");
      assert.equal(await Deno.readTextFile(join(folder, "out.txt")), "from the container\n");
    },
  },
  {
    name: "every way to write the same folder is the same folder",
    async run({ docker, folder, windowsFolder }) {
      await Deno.mkdir(join(folder, "Ein Ordner ü"));
      await Deno.writeTextFile(join(folder, "Ein Ordner ü", "file"), "same\n");
      const path = `${windowsFolder}\\Ein Ordner ü`;
      const slashes = path.replaceAll("\\", "/");
      const ways = [
        ["-v", `${slashes}:/data`],
        ["-v", `${slashes}:/data:ro`],
        ["-v", `${path.replace("C:", "c:")}:/data:rw`],
        ["-v", `${path}\\:/data`],
        ["-v", `\\\\?\\${path}:/data`],
        ["-v", `/${slashes.replace("C:", "c")}:/data`],
        ["-v", `//${slashes.replace("C:", "c")}:/data`],
        ["--mount", `type=bind,source=${path},target=/data`],
        ["--mount", `type=bind,source=${slashes},target=/data,readonly`],
      ];
      for (const way of ways) {
        assert.equal(
          await docker.run(["run", "--rm", ...way, IMAGE, "cat", "/data/file"]),
          "same",
          way.join(" "),
        );
      }
    },
  },
  {
    name: "a relative folder is taken from where docker.exe runs",
    async run({ docker, folder, windowsFolder }) {
      await Deno.mkdir(join(folder, "data"));
      await Deno.writeTextFile(join(folder, "data", "file"), "near\n");
      const args = ["run", "--rm", "-v", ".\\data:/data", IMAGE, "cat", "/data/file"];
      assert.equal(await docker.run(args, { cwd: windowsFolder }), "near");
    },
  },
  {
    name: "a share of the network is refused in words",
    async run({ docker }) {
      const { code, stderr } = await docker.attempt([
        "run",
        "--rm",
        "--mount",
        "type=bind,source=\\\\server\\share,target=/data",
        IMAGE,
        "true",
      ]);
      assert.notEqual(code, 0);
      assert.match(stderr, /\\\\server\\share/);
    },
  },
  {
    name: "docker cp copies files and folders both ways",
    async run({ docker, folder, windowsFolder }) {
      await Deno.mkdir(join(folder, "tree", "inner"), { recursive: true });
      await Deno.writeTextFile(join(folder, "tree", "inner", "ü.txt"), "copied\n");
      const box = await docker.run(["run", "-d", "--rm", IMAGE, "sleep", "600"]);
      await docker.run(["cp", `${windowsFolder}\\tree`, `${box}:/tree`]);
      assert.equal(await docker.run(["exec", box, "cat", "/tree/inner/ü.txt"]), "copied");
      await docker.run(["exec", box, "sh", "-c", "echo back > /tree/back.txt"]);
      await docker.run(["cp", `${box}:/tree`, `${windowsFolder}\\returned`]);
      assert.equal(await Deno.readTextFile(join(folder, "returned", "back.txt")), "back\n");
      assert.equal(await Deno.readTextFile(join(folder, "returned", "inner", "ü.txt")), "copied\n");
      await docker.run(["rm", "-f", box]);
    },
  },
];
