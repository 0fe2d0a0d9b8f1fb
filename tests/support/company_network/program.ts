import { join } from "node:path";
import { eventually } from "../eventually.ts";
import { InteractiveProcess } from "../interactive_process.ts";
import { REPOSITORY } from "../repository.ts";
import { runCommand } from "../run_command.ts";
import { type Machine, THIS_MACHINE } from "./machine.ts";
import { openProgramFiles } from "./program_files.ts";

const SCRIPT = join(REPOSITORY, "tests/support/company_network/run_program.sh");

/** Where a program sees its folder. */
export const PROGRAM_FOLDER = "/mnt";

/** Where a program listens. */
export interface ListenOptions {
  /** @default {THIS_MACHINE} */
  readonly machine?: Machine;
  /** An IPv4 address of the machine. @default {"127.0.0.1"} */
  readonly address?: string;
  readonly port: number;
}

/** A server out of Debian that listens. Disposal kills it. */
export interface Program extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** All that it has written to stdout and stderr since its last start. */
  readonly output: string;
  /** Kills it; does nothing when it is stopped. */
  stop(): Promise<void>;
  /** Starts it again, and resolves when it listens. */
  start(): Promise<void>;
}

/**
 * Starts a server out of {@linkcode openProgramFiles}, and resolves when it listens.
 *
 * @param argv Its command in that root file system, with {@linkcode PROGRAM_FOLDER} as `folder`.
 * @throws {Error} with its output if it ends before.
 */
export async function openProgram(
  argv: readonly string[],
  folder: string,
  { machine = THIS_MACHINE, address = "127.0.0.1", port }: ListenOptions,
): Promise<Program> {
  const root = await openProgramFiles();
  const command = machine.enter([
    ...["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", SCRIPT, root, folder],
    ...argv,
  ]);
  let running: InteractiveProcess | undefined;
  const stop = async () => {
    const stopped = running;
    running = undefined;
    if (stopped === undefined) return;
    await using _ = stopped;
    await stopped.closeStdin(); // the script then ends the program; a kill could not be waited for
    await stopped.ended();
  };
  const start = async () => {
    await stop();
    running = new InteractiveProcess(command);
    await untilListening(running, machine, address, port);
  };
  await using owned = new AsyncDisposableStack();
  owned.defer(stop);
  await start();
  const stack = owned.move();
  return {
    address,
    port,
    get output() {
      return running?.output ?? "";
    },
    stop,
    start,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Waits until something on the machine accepts connections there, or the program has ended. */
async function untilListening(
  program: InteractiveProcess,
  machine: Machine,
  address: string,
  port: number,
): Promise<void> {
  const probe = machine.enter(["bash", "-c", `exec 3<>/dev/tcp/${address}/${port}`]);
  await eventually(async () => {
    if (program.hasEnded) return;
    const { code, stderr } = await runCommand(probe);
    if (code !== 0) throw new Error(`Cannot see a program listen: ${stderr}${program.output}`);
  });
  if (program.hasEnded) throw new Error(`Cannot start a program: ${program.output}`);
}
