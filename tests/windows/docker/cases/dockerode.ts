import assert from "node:assert/strict";
import { join } from "node:path";
import { cachePath, REPOSITORY } from "../../../support/repository.ts";
import { runChecked } from "../../../support/run_command.ts";
import { IMAGE, type WindowsCase } from "./windows_case.ts";

const PROGRAM = join(REPOSITORY, "tests/docker/dockerode_on_windows.ts");

/** dockerode in deno.exe, whose pipes are those of libuv's kind: they know no end of one direction. */
export const DOCKERODE_CASES: readonly WindowsCase[] = [
  {
    name: "dockerode under deno.exe",
    async run({ wine, windowsFolder }) {
      const bundle = cachePath("wine", "dockerode.mjs");
      // Without the lock: the packages are those of the suite for Linux, which loads them by it. The native parts
      // are optional, and only for ssh.
      const options = [
        "--no-lock",
        "--external",
        "*.node",
        "--platform",
        "deno",
        "--quiet",
        "--output",
        bundle,
      ];
      await runChecked([Deno.execPath(), "bundle", ...options, PROGRAM]);
      // Modules have no __dirname, but a part for ssh that is never used wants one.
      const start = cachePath("wine", "dockerode_start.mjs");
      await Deno.writeTextFile(start, 'globalThis.__dirname = "/";\nawait import("./dockerode.mjs");\n');
      const program = wine.denoScript(start, ["//./pipe/docker_engine", IMAGE, windowsFolder]);
      const { code, stdout, stderr } = await wine.run(program);
      assert.deepEqual([stdout, stderr, code], ["", "", 0]);
    },
  },
];
