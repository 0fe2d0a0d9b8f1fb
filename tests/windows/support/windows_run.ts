import type { CommandResult, RunOptions } from "../../support/run_command.ts";

/** Milliseconds after which a program is taken to hang: far above what any of them needs. */
const DEFAULT_DEADLINE_MILLISECONDS = 180_000;

/** Milliseconds without output after a program's end, after which nothing more of it is on its way. */
const QUIET_MILLISECONDS = 100;

/** How the end of a program is waited for. */
export type WindowsRunOptions = Pick<RunOptions, "stdin" | "deadlineMilliseconds">;

/**
 * Runs a command of this machine that becomes a Windows program, to its end. Wine hands the stderr of a program down
 * to all that it starts, so a background process would hold it open: what counts is the end of the program itself.
 *
 * @throws {Error} when it is not over before the deadline, with what it has printed; it is killed then.
 */
export async function runWindowsCommand(
  argv: readonly string[],
  options: WindowsRunOptions = {},
): Promise<CommandResult> {
  const [program, ...args] = argv;
  const milliseconds = options.deadlineMilliseconds ?? DEFAULT_DEADLINE_MILLISECONDS;
  const child = new Deno.Command(program!, {
    args,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const outputs = [new OutputBuffer(child.stdout), new OutputBuffer(child.stderr)] as const;
  const fed = options.stdin === undefined ? Promise.resolve() : feed(child, options.stdin);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, milliseconds);
  const { code } = await child.status;
  clearTimeout(timer);
  await fed;
  const [stdoutBytes, stderrBytes] = await Promise.all(outputs.map((output) => output.finish()));
  const stdout = new TextDecoder().decode(stdoutBytes);
  const stderr = new TextDecoder().decode(stderrBytes);
  if (late) {
    const words = argv.slice(argv.indexOf("wine")).join(" ");
    throw new Error(`Cannot finish '${words}': still running after ${milliseconds} ms: ${stderr}${stdout}`);
  }
  return { code, stdout, stderr, stdoutBytes: stdoutBytes! };
}

/** Collects a stream whose end may never come. */
class OutputBuffer {
  readonly #chunks: Uint8Array[] = [];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #ended: Promise<boolean>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.#ended = this.#collect();
  }

  /** What has come until the end, or until nothing more does. */
  async finish(): Promise<Uint8Array> {
    for (let before = -1; before !== this.#chunks.length;) {
      before = this.#chunks.length;
      if (await Promise.race([this.#ended, pause()])) break;
    }
    await this.#reader.cancel();
    await this.#ended;
    return new Uint8Array(await new Blob(this.#chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  }

  async #collect(): Promise<boolean> {
    for (let part = await this.#reader.read(); !part.done; part = await this.#reader.read()) {
      this.#chunks.push(part.value);
    }
    return true;
  }
}

function pause(): Promise<boolean> {
  return new Promise((resolve) => setTimeout(() => resolve(false), QUIET_MILLISECONDS));
}

async function feed(child: Deno.ChildProcess, input: string | Uint8Array): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
    if (bytes.length > 0) await writer.write(bytes);
    await writer.close();
  } catch {
    // The program ended without reading all of its input: its exit code tells the story.
  }
}
