import { join } from "node:path";
import { DOCKERODE_CASES } from "./cases/dockerode.ts";
import { FAULT_CASES } from "./cases/faults.ts";
import { IMAGE_CASES } from "./cases/images.ts";
import { PATH_CASES } from "./cases/paths.ts";
import { RUN_CASES } from "./cases/run.ts";
import { STREAM_CASES } from "./cases/streams.ts";
import { startWindowsInstance } from "../support/windows_instance.ts";

const CASES = [
  ...RUN_CASES,
  ...STREAM_CASES,
  ...PATH_CASES,
  ...IMAGE_CASES,
  ...DOCKERODE_CASES,
  ...FAULT_CASES,
];

Deno.test("docker.exe and dockerode work with windlass.exe", async (test) => {
  await using instance = await startWindowsInstance();
  const { docker, machine: { wine } } = instance;
  for (const [index, { name, run }] of CASES.entries()) {
    await test.step(name, async () => {
      const folder = join(wine.profile, `case-${index}`);
      await Deno.mkdir(folder);
      await run({ wine, docker, folder, windowsFolder: wine.toWindows(folder) });
    });
  }
});
