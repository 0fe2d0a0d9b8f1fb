/** Runs the dockerode scenarios under Node.js: `node BUNDLE SOCKET IMAGE FOLDER`; one line for each that fails. */
// @ts-types="npm:@types/dockerode@3.3.47"
import Docker from "npm:dockerode@5.0.1";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { SCENARIOS } from "./dockerode_scenarios.ts";

const [socketPath, image, parent] = process.argv.slice(2) as [string, string, string];
const docker = new Docker({ socketPath });
for (const [index, scenario] of SCENARIOS.entries()) {
  const folder = join(parent, String(index));
  await mkdir(folder);
  try {
    await scenario.run({ docker, image, folder });
  } catch (error) {
    process.stdout.write(`${scenario.name}: ${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  }
}
