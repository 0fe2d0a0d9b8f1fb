import { killDescendants, killIfRunning } from "./kill_if_running.ts";

/** Milliseconds after which a command is taken to hang: far above what any test command needs. */
const DEFAULT_DEADLINE_MILLISECONDS = 300_000;

/** How {@linkcode runCommand} runs its command. */
export interface RunOptions {
  /** What the command reads; without it, its stdin is /dev/null. An empty string is a pipe that ends at once. */
  readonly stdin?: string | Uint8Array;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly deadlineMilliseconds?: number;
}

/** What a command left behind. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
}

/**
 * Runs a command to its end and collects its output, whatever its exit code is.
 *
 * @throws {Error} when it is not over before the deadline; it is killed then, with all that it has started.
 */
export async function runCommand(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  const [program, ...args] = argv;
  const deadline = options.deadlineMilliseconds ?? DEFAULT_DEADLINE_MILLISECONDS;
  const child = new Deno.Command(program!, {
    args,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.env ? { env: options.env } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    // What it has started holds its output open.
    void killDescendants(child.pid).finally(() => killIfRunning(child));
  }, deadline);
  try {
    const fed = options.stdin === undefined ? Promise.resolve() : feed(child, options.stdin);
    const [output] = await Promise.all([child.output(), fed]);
    const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
    if (late) {
      const said = (stderr! + stdout!).trim().slice(-2_000);
      throw new Error(`Cannot finish '${argv.join(" ")}': still running after ${deadline} ms: ${said}`);
    }
    return {
      code: output.code,
      stdout: stdout!,
      stderr: stderr!,
      stdoutBytes: output.stdout,
    };
  } finally {
    clearTimeout(timer);
  }
}

/** As {@linkcode runCommand}, but a non-zero exit code is an error that shows what the command said. */
export async function runChecked(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  const result = await runCommand(argv, options);
  if (result.code !== 0) {
    const said = (result.stderr + result.stdout).trim().slice(-2_000);
    throw new Error(`Cannot run '${argv.join(" ")}': exit code ${result.code}: ${said}`);
  }
  return result;
}

async function feed(child: Deno.ChildProcess, input: string | Uint8Array): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
    if (bytes.length > 0) await writer.write(bytes);
    await writer.close();
  } catch {
    // The command ended without reading all of its input, as `head` does: its exit code tells the story.
  }
}
