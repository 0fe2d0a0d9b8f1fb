import assert from "node:assert/strict";
import { join } from "node:path";
import { bundleForNode } from "../../../support/node_bundle.ts";
import { REPOSITORY } from "../../../support/repository.ts";
import { IMAGE, type WindowsCase } from "./windows_case.ts";

const PROGRAM = join(REPOSITORY, "tests/docker/dockerode_on_windows.ts");

/** dockerode in deno.exe, whose pipes are those of libuv's kind: they know no end of one direction. */
export const DOCKERODE_CASES: readonly WindowsCase[] = [
  {
    name: "dockerode under deno.exe",
    async run({ wine, folder, windowsFolder }) {
      await Deno.copyFile(
        await bundleForNode(PROGRAM, "dockerode_on_windows"),
        join(folder, "dockerode.mjs"),
      );
      // Modules have no __dirname, but a part for ssh that is never used wants one.
      const start = join(folder, "start.mjs");
      await Deno.writeTextFile(start, 'globalThis.__dirname = "/";\nawait import("./dockerode.mjs");\n');
      const program = wine.denoScript(start, ["//./pipe/docker_engine", IMAGE, windowsFolder]);
      const { code, stdout, stderr } = await wine.run(program);
      assert.deepEqual([stdout, stderr, code], ["", "", 0]);
    },
  },
];
