/** The result of {@linkcode runInGroup}. */
export interface GroupResult {
  readonly success: boolean;
  /** Its stdout and stderr, in the order in which they were written. */
  readonly output: string;
  /** Whether it was killed at its limit. */
  readonly killed: boolean;
}

/** How {@linkcode runInGroup} runs its command. */
export interface GroupOptions {
  /** The command and all that it has started are killed after this time. */
  readonly limitMilliseconds: number;
  /** Receives the output as it comes. */
  readonly show?: (chunk: Uint8Array) => Promise<unknown> | void;
  /** Kills the command when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * One pipe takes both outputs, so that an error stays next to the lines before it. A shell that runs us in the background
 * ignores two signals, and whatever we start would do so as well; tests send them.
 */
const MERGED = ["-c", 'exec env --default-signal=INT,QUIT "$@" 2>&1', "sh"];

/**
 * A daemon that outlives the command may hold the pipe open: it is read until nothing has come at so many checks in a row. What
 * the command wrote last is in the pipe, and a single check that comes late would lose it.
 */
const QUIET_CHECKS = 3;
const CHECK_MILLISECONDS = 1_000;
/** A daemon that never stops writing is not listened to for longer. */
const MAXIMUM_CHECKS = 30;

/**
 * Runs a command in a process group of its own, so that a kill reaches the compilers and servers that it has
 * started, and not only the command. Never rejects: a command that cannot be run has failed, and takes no result of another
 * along.
 */
export async function runInGroup(argv: readonly string[], options: GroupOptions): Promise<GroupResult> {
  try {
    return await runToEnd(argv, options);
  } catch (error) {
    return { success: false, output: `Cannot run '${argv.join(" ")}': ${error}\n`, killed: false };
  }
}

async function runToEnd(argv: readonly string[], options: GroupOptions): Promise<GroupResult> {
  const { limitMilliseconds, show, signal } = options;
  const child = new Deno.Command("sh", {
    args: [...MERGED, ...argv],
    stdin: "null",
    stdout: "piped",
    detached: true,
  }).spawn();
  const killGroup = () => {
    try {
      Deno.kill(-child.pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // the group has just ended
    }
  };
  let killed = false;
  const timer = setTimeout(() => {
    killed = true;
    killGroup();
  }, limitMilliseconds);
  signal?.addEventListener("abort", killGroup, { once: true });
  try {
    const decoder = new TextDecoder();
    const reader = child.stdout.getReader();
    let output = "";
    let pieces = 0;
    const read = async () => {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        pieces++;
        await show?.(piece.value);
        output += decoder.decode(piece.value, { stream: true });
      }
    };
    const allRead = read();
    const { success } = await child.status;
    let [checks, quiet, seen] = [0, 0, pieces];
    const last = setInterval(() => {
      quiet = pieces === seen ? quiet + 1 : 0;
      seen = pieces;
      if (quiet >= QUIET_CHECKS || ++checks >= MAXIMUM_CHECKS) void reader.cancel();
    }, CHECK_MILLISECONDS);
    await allRead.finally(() => clearInterval(last));
    return { success, output, killed };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", killGroup);
  }
}
