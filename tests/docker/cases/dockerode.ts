// @ts-types="npm:@types/dockerode@3.3.47"
import Docker from "npm:dockerode@5.0.1";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleForNode, NODE_ARGUMENTS } from "../../support/node_bundle.ts";
import { runChecked, runCommand } from "../../support/run_command.ts";
import type { ClientCase } from "../client_case.ts";
import { SCENARIOS } from "../dockerode_scenarios.ts";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The programs as files for Node.js, each made once. */
const bundles = new Map<string, Promise<string>>();

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
    run: ({ socketPath, image, folder }) => runOnNode("dockerode_on_node", [socketPath, image, folder]),
  },
  {
    name: "dockerode under Node.js waits for the ends of streams",
    run: ({ socketPath, image }) => runOnNode("stream_ends_on_node", [socketPath, image]),
  },
];

async function runOnNode(name: string, args: readonly string[]): Promise<string> {
  const version = await runCommand(["node", "--version"]).catch(() => undefined);
  if (version?.code !== 0) return "skipped: no 'node' on this machine";
  let bundle = bundles.get(name);
  if (bundle === undefined) bundles.set(name, bundle = bundleForNode(join(FOLDER, `${name}.ts`), name));
  const { stdout } = await runChecked(["node", ...NODE_ARGUMENTS, await bundle, ...args]);
  return stdout;
}
