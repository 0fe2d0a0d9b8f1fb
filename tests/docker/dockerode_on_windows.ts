/**
 * Runs what programs do with dockerode over a pipe of Windows: `PIPE IMAGE FOLDER`; a line for each scenario that
 * fails.
 */
// @ts-types="npm:@types/dockerode@3.3.47"
import Docker from "npm:dockerode@5.0.1";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { type Scenario, SCENARIOS } from "./dockerode_scenarios.ts";

/**
 * These end their input and wait for the answer. The pipes of Node and Deno know no end of one direction, so no
 * engine learns of it; in their place, the container reads a given number of bytes.
 */
const WITH_HALF_CLOSE = [
  "attach() with hijack, stdin and demultiplexed output",
  "exec() with hijack and stdin of 1,000 to 5,000 bytes",
];
const STDIN_SIZES = [1, 1_000, 2_000, 3_000, 4_096, 5_000, 200_000];

const COUNTED_STDIN: Scenario = {
  name: "attach() with hijack and stdin of 1 to 200,000 bytes",
  async run({ docker, image }) {
    for (const size of STDIN_SIZES) {
      const container = await docker.createContainer({
        Image: image,
        Cmd: ["sh", "-c", `head -c ${size} | wc -c`],
        OpenStdin: true,
        StdinOnce: true,
        AttachStdin: true,
        Tty: false,
      });
      const stream = await container.attach({ hijack: true, stream: true, stdin: true, stdout: true });
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      const ended = once(stream, "end");
      await container.start();
      stream.write(Buffer.alloc(size, "x"));
      await ended;
      // Eight bytes of frame header, then the text.
      assert.equal(Buffer.concat(chunks).subarray(8).toString().trim(), String(size));
      await container.remove({ force: true });
    }
  },
};

/** Milliseconds after which a scenario is taken to hang. */
const SCENARIO_MILLISECONDS = 120_000;

const [socketPath, image, parent] = process.argv.slice(2) as [string, string, string];
const docker = new Docker({ socketPath });
const scenarios = SCENARIOS.filter(({ name }) => !WITH_HALF_CLOSE.includes(name));
assert.equal(scenarios.length, SCENARIOS.length - WITH_HALF_CLOSE.length);
for (const [index, scenario] of [COUNTED_STDIN, ...scenarios].entries()) {
  const folder = join(parent, String(index));
  await mkdir(folder);
  const late = setTimeout(() => {
    process.stdout.write(`${scenario.name}: still running after ${SCENARIO_MILLISECONDS} ms\n`);
    process.exit(1);
  }, SCENARIO_MILLISECONDS);
  try {
    await scenario.run({ docker, image, folder });
  } catch (error) {
    process.stdout.write(`${scenario.name}: ${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  }
  clearTimeout(late);
}
process.exit(); // a followed stream of the library may still be open
