/**
 * kill -9 while a distro is switched on or off: of the host, the agent, the distro and the call of wsl, at each step. What is
 * left is a state that a check can name; the next try completes it, and nothing remains after the distro is switched off.
 */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { findRole } from "../support/instance_processes.ts";
import { environmentOf, listProcesses } from "../support/process_tree.ts";
import { assertSameFiles, treeOf } from "../support/user_distros/distro_tree.ts";
import { openUserDistro, type UserDistro } from "../support/user_distros/user_distro.ts";
import { type StartedWindlass, startWindlass } from "../support/windlass_instance.ts";
import { killProcess } from "./kill_process.ts";
import { withLogs } from "./with_logs.ts";

/** The part of the program's path in a distro that no other process has among its arguments. */
const TOOL = "/usr/lib/windlass/workspace";

/** The calls of the program in a distro that switching on and off are made of. */
const STEPS = { enable: ["whoami", "probe", "enable"], disable: ["disable"] } as const;

/** Milliseconds from the appearance of a call to the kill: before, while and after it writes its files. */
const DELAYS = [0, 60, 120];

interface Situation {
  readonly instance: StartedWindlass;
  readonly distro: UserDistro;
}

const VICTIMS: Readonly<Record<string, (situation: Situation, call: number) => Promise<void>>> = {
  host: async ({ instance }) => await killProcess((await findRole(instance, "host")).pid),
  agent: async ({ instance }) => await killProcess((await findRole(instance, "agent")).pid),
  distro: ({ distro }) => distro.terminate(),
  wsl: async (_, call) => {
    await killProcess(call).catch((error) => {
      // It has done its work before the kill.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  },
};

Deno.test("a distro that was half switched on or off is completed by the next try", async (test) => {
  await using instance = await startWindlass();
  await using distro = await openUserDistro(instance, "busybox");
  const situation = { instance, distro };
  await distro.script("true");
  const before = await treeOf(distro);
  for (const [victim, kill] of Object.entries(VICTIMS)) {
    for (const [verb, steps] of Object.entries(STEPS)) {
      for (const [index, step] of steps.entries()) {
        const delay = DELAYS[index % DELAYS.length]!;
        await test.step(`${victim} killed in the step '${step}' of ${verb}`, () =>
          withLogs(instance, async () => {
            if (verb === "disable") await instance.run(["workspace", "enable", distro.name]);
            const command = instance.attempt(["workspace", verb, distro.name]);
            await killAt({ instance, step, delay, command }, (call) => kill(situation, call));
            await command;
            await instance.run(["start"]);

            const found = JSON.parse(await instance.run(["workspace", "check", distro.name, "--json"]));
            assert.equal(found.name, distro.name);
            if (verb === "enable") {
              await instance.run(["workspace", "enable", distro.name]);
              await distro.script("docker version");
            }
            await instance.run(["workspace", "disable", distro.name]);
            assertSameFiles(await treeOf(distro), before);
          }));
      }
    }
  }
});

/** When {@linkcode killAt} kills. */
interface Moment {
  readonly instance: StartedWindlass;
  readonly step: string;
  readonly delay: number;
  /** The command of which the step is a part. */
  readonly command: Promise<unknown>;
}

/** Kills once the host's call of the program is seen, or does nothing if the command ends without that it was. */
async function killAt(
  { instance, step, delay, command }: Moment,
  kill: (call: number) => Promise<void>,
): Promise<void> {
  let ended = false;
  const end = command.then(() => ended = true);
  const call = await Promise.race([
    end.then(() => undefined),
    eventually(async () => {
      if (ended) return undefined;
      const found = await findCall(instance, step);
      if (found === undefined) throw new Error(`Cannot see the step '${step}'`);
      return found;
    }),
  ]);
  if (call === undefined) return;
  await new Promise((resolve) => setTimeout(resolve, delay));
  await kill(call);
}

/**
 * The process of the host's call of a step: first the `wsl` of the instance, which then becomes a program that has its
 * socket as an argument and no environment. Other tests of this machine make the same calls for their instances.
 */
async function findCall({ home }: StartedWindlass, step: string): Promise<number | undefined> {
  for (const { pid, arguments: words } of await listProcesses()) {
    if (!words.some((word, index) => word.endsWith(TOOL) && words[index + 1] === step)) continue;
    if (words.some((word) => word.startsWith(`${home}/`))) return pid;
    if (await environmentOf(pid, "WINDLASS_HOME") === home) return pid;
  }
  return undefined;
}
