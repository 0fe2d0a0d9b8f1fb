import { openChildPipes } from "../platform/child_pipes.ts";
import { startProcess } from "../platform/process.ts";
import { wslEnvironment } from "./call_wsl.ts";
import type { WslCommand } from "./call_wsl.ts";
import { startDrainTimer } from "./drain_timer.ts";
import { launchArguments } from "./launch_arguments.ts";
import { readLines } from "./read_lines.ts";
import { watchedLink } from "./watched_link.ts";
import type { SpawnOptions, WslExit, WslProcess } from "./wsl.ts";
import {
  isWslFailure,
  mayBeWslFailure,
  noProgramFailure,
  saysNoProgram,
  wslFailure,
} from "./call_failure.ts";
import type { WslLimits } from "./wsl_limits.ts";
import { decodeWslText } from "./wsl_output.ts";

/** Starts a long-lived program in a distro. See `Wsl.spawn()`. */
export function spawnWsl(command: WslCommand, options: SpawnOptions, limits: WslLimits): WslProcess {
  const process = startProcess({
    command: [...command.command, ...launchArguments(options)],
    environment: wslEnvironment(command),
    stdin: "piped",
  });
  const { stdin, stdout } = process;
  if (stdin === null) throw new TypeError("Cannot open a link: the process was started without stdin");

  // What the program wrote before its end is in the pipes by then; a stranger that inherited them may hold them
  // open for longer, and nobody need read the link at all.
  const drained = new AbortController();
  let lacksProgram = false;
  const stderr = readLines(process.stderr, {
    maximumCharacters: limits.stderrLineCharacters,
    onLine: (line) => {
      lacksProgram ||= saysNoProgram(line);
      options.onStderrLine(line);
    },
    signal: drained.signal,
  });
  const pipes = openChildPipes({ stdin, stdout });
  const { link, head, headComplete } = watchedLink(pipes.link, limits.failureBytes);

  const exited = (async (): Promise<WslExit> => {
    const exitCode = await process.exited;
    const limit = Promise.withResolvers<void>();
    const endTimer = startDrainTimer(limits.drainMilliseconds, () => {
      drained.abort();
      limit.resolve();
    });
    await stderr;
    if (mayBeWslFailure(exitCode)) await Promise.race([headComplete, limit.promise]);
    endTimer();
    const result = { exitCode, stdout: decodeWslText(head()), stderr: "" };
    const action = `run '${options.argv[0]}' in the distro '${options.distro}'`;
    if (isWslFailure(result)) return { exitCode, failure: wslFailure(action, result) };
    return { exitCode, failure: lacksProgram ? noProgramFailure(action, exitCode) : null };
  })();

  return {
    pid: process.pid,
    link,
    pipeAccess: pipes.access,
    exited,
    kill: () => process.kill(),
    async [Symbol.asyncDispose]() {
      process.kill();
      link.close();
      await exited;
    },
  };
}
