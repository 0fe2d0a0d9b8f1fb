/** How the host starts the agent: the command line and the variables that it reads its options from. */

/** Options of dockerd, as in daemon.json. */
export type DaemonConfiguration = Readonly<Record<string, unknown>>;

/** Carries the user's options for dockerd, as JSON in ASCII. */
export const OPTIONS_VARIABLE = "WINDLASS_DAEMON_OPTIONS";
/** Set on Windows, where the kernel serves nothing but WSL. On Linux it is the machine's own and left alone. */
export const TUNE_KERNEL_VARIABLE = "WINDLASS_TUNE_KERNEL";
/** Set for an agent that is not to start Docker before the first client comes. */
export const START_RESTING_VARIABLE = "WINDLASS_START_RESTING";

/** The command that runs `program` in the engine distro with these options and more variables `NAME=value`. Pure. */
export function agentCommand(
  program: string,
  options: DaemonConfiguration,
  variables: readonly string[] = [],
): readonly [program: string, ...args: readonly string[]] {
  const all = [...variables];
  if (Object.keys(options).length > 0) all.push(`${OPTIONS_VARIABLE}=${asciiJson(options)}`);
  return all.length === 0 ? [program] : ["/usr/bin/env", ...all, program];
}

/** JSON in printable ASCII: command lines on the way may read any other character differently. Pure. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
