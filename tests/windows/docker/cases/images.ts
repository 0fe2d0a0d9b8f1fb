import assert from "node:assert/strict";
import { join } from "node:path";
import { IMAGE, type WindowsCase } from "./windows_case.ts";

/** Files of the context: enough that one request of BuildKit does not hold them. */
const CONTEXT_FILES = 300;

/** Builds by BuildKit, archives of images, and compose. */
export const IMAGE_CASES: readonly WindowsCase[] = [
  {
    name: "docker build reads the Dockerfile from stdin",
    async run({ docker }) {
      const stdin = `FROM ${IMAGE}\nRUN echo built > /made\nCMD ["cat", "/made"]\n`;
      await docker.run(["build", "--no-cache", "--tag", "from-stdin:1", "-"], { stdin });
      assert.equal(await docker.run(["run", "--rm", "from-stdin:1"]), "built");
      await docker.run(["rmi", "from-stdin:1"]);
    },
  },
  {
    name: "docker build takes a folder of Windows",
    async run({ docker, folder, windowsFolder }) {
      await Deno.mkdir(join(folder, "files"));
      for (let index = 0; index < CONTEXT_FILES; index++) {
        await Deno.writeTextFile(join(folder, "files", `file ${index}`), `${index}\n`);
      }
      const dockerfile = `FROM ${IMAGE}\nCOPY files /files\nRUN cat /files/* | wc -l > /count\n`;
      await Deno.writeTextFile(join(folder, "Dockerfile"), dockerfile);
      await docker.run(["build", "--tag", "from-folder:1", windowsFolder]);
      assert.equal(await docker.run(["run", "--rm", "from-folder:1", "cat", "/count"]), `${CONTEXT_FILES}`);
      await Deno.writeTextFile(join(folder, "files", "one more"), "more\n");
      await docker.run(["build", "--tag", "from-folder:1", "."], { cwd: windowsFolder });
      assert.equal(
        await docker.run(["run", "--rm", "from-folder:1", "cat", "/count"]),
        `${CONTEXT_FILES + 1}`,
      );
      await docker.run(["rmi", "from-folder:1"]);
    },
  },
  {
    name: "a failing build says why and fails",
    async run({ docker }) {
      const stdin = `FROM ${IMAGE}\nRUN echo before; exit 17\n`;
      const { code, stderr } = await docker.attempt(["build", "--no-cache", "--progress", "plain", "-"], {
        stdin,
      });
      assert.equal(code, 1);
      assert.match(stderr, /before[^]*exit code: 17/);
    },
  },
  {
    name: "docker save and load, by file and by pipe",
    async run({ docker, folder, windowsFolder }) {
      await docker.run(["tag", IMAGE, "kept:1"]);
      await docker.run(["save", "--output", `${windowsFolder}\\kept.tar`, "kept:1"]);
      const { stdoutBytes } = await docker.attempt(["save", "kept:1"]);
      assert.equal(stdoutBytes.length, (await Deno.stat(join(folder, "kept.tar"))).size);
      await docker.run(["rmi", "kept:1"]);
      assert.match(await docker.run(["load", "--input", `${windowsFolder}\\kept.tar`]), /kept:1/);
      await docker.run(["rmi", "kept:1"]);
      assert.match(await docker.run(["load"], { stdin: stdoutBytes }), /kept:1/);
      await docker.run(["rmi", "kept:1"]);
    },
  },
  {
    name: "docker compose brings a project up with a folder of Windows, and down",
    async run({ docker, folder, windowsFolder }) {
      await Deno.mkdir(join(folder, "data"));
      await Deno.writeTextFile(join(folder, "data", "page"), "composed\n");
      await Deno.writeTextFile(
        join(folder, "compose.yaml"),
        `services:\n  box:\n    image: ${IMAGE}\n    pull_policy: never\n    command: [sleep, "600"]\n` +
          "    volumes: ['./data:/data:ro', 'kept:/kept']\n    stop_grace_period: 1s\nvolumes:\n  kept: {}\n",
      );
      const compose = (...args: string[]) => docker.run(["compose", ...args], { cwd: windowsFolder });
      await compose("up", "--detach", "--wait");
      assert.equal(await compose("exec", "-T", "box", "cat", "/data/page"), "composed");
      const before = await compose("ps", "--quiet");
      await compose("up", "--detach");
      assert.equal(await compose("ps", "--quiet"), before); // the path it sees back must not look changed
      await compose("down", "--volumes");
      assert.equal(await compose("ps", "--all", "--quiet"), "");
    },
  },
];
