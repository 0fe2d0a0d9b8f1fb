// @ts-types="npm:@types/dockerode@3.3.47"
import Docker from "npm:dockerode@5.0.1";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachePath } from "../../support/repository.ts";
import { runChecked, runCommand } from "../../support/run_command.ts";
import type { ClientCase } from "../client_case.ts";
import { SCENARIOS } from "../dockerode_scenarios.ts";

const NODE_PROGRAM = join(dirname(fileURLToPath(import.meta.url)), "..", "dockerode_on_node.ts");

/** The scenarios as one file for Node.js, made once. */
let bundled: Promise<string> | undefined;

/** dockerode, in this process and under Node.js where the machine has it. */
export const DOCKERODE_CASES: readonly ClientCase[] = [
  ...SCENARIOS.map((scenario): ClientCase => ({
    name: `dockerode: ${scenario.name}`,
    async run({ socketPath, image, folder }) {
      await scenario.run({ docker: new Docker({ socketPath }), image, folder });
    },
  })),
  {
    name: "dockerode under Node.js",
    async run({ socketPath, image, folder }) {
      const version = await runCommand(["node", "--version"]).catch(() => undefined);
      if (version?.code !== 0) return "skipped: no 'node' on this machine";
      const bundle = await (bundled ??= bundleForNode());
      // Modules have no __dirname, but a part for ssh that is never used wants one.
      const global = ["--import", "data:text/javascript,globalThis.__dirname='/'"];
      await runChecked(["node", ...global, bundle, socketPath, image, folder]);
      return "passed";
    },
  },
];

async function bundleForNode(): Promise<string> {
  const bundle = cachePath("test-clients", "dockerode_on_node.mjs");
  // Without the lock: this process has loaded the same packages by it. The native parts are optional, and only for ssh.
  const options = ["--no-lock", "--external", "*.node", "--platform", "deno", "--quiet", "--output", bundle];
  await runChecked([Deno.execPath(), "bundle", ...options, NODE_PROGRAM]);
  return bundle;
}
