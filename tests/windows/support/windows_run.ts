import { Buffer } from "node:buffer";
import { killDescendants } from "../../support/kill_if_running.ts";
import type { CommandResult, RunOptions } from "../../support/run_command.ts";

/** Milliseconds after which a program is taken to hang: far above what any of them needs. */
const DEFAULT_DEADLINE_MILLISECONDS = 180_000;

/** Runs the rest of its arguments, and writes its first argument to both outputs once that program has ended. */
const WITH_MARK = 'mark=$1; shift; "$@"; code=$?; printf %s "$mark"; printf %s "$mark" >&2; exit $code';

/** How the end of a program is waited for. */
export type WindowsRunOptions = Pick<RunOptions, "stdin" | "deadlineMilliseconds">;

/**
 * Runs a command of this machine that becomes a Windows program, to its end. Wine hands the stderr of a program down
 * to all that it starts, so a background process would hold it open: a mark ends what the program itself wrote.
 *
 * @throws {Error} when it is not over before the deadline, with what it has printed; it is killed then.
 */
export async function runWindowsCommand(
  argv: readonly string[],
  options: WindowsRunOptions = {},
): Promise<CommandResult> {
  const milliseconds = options.deadlineMilliseconds ?? DEFAULT_DEADLINE_MILLISECONDS;
  const mark = `<end of output ${crypto.randomUUID()}>`;
  const child = new Deno.Command("sh", {
    args: ["-c", WITH_MARK, "sh", mark, ...argv],
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const outputs = [readToMark(child.stdout, mark), readToMark(child.stderr, mark)] as const;
  const fed = options.stdin === undefined ? Promise.resolve() : feed(child, options.stdin);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void killDescendants(child.pid); // the shell stays, says its mark, and ends by itself
  }, milliseconds);
  const { code } = await child.status;
  clearTimeout(timer);
  await fed;
  const [stdoutBytes, stderrBytes] = await Promise.all(outputs);
  const stdout = new TextDecoder().decode(stdoutBytes);
  const stderr = new TextDecoder().decode(stderrBytes);
  if (late) {
    const words = argv.slice(argv.indexOf("wine")).join(" ");
    throw new Error(`Cannot finish '${words}': still running after ${milliseconds} ms: ${stderr}${stdout}`);
  }
  return { code, stdout, stderr, stdoutBytes };
}

/** What comes before the mark, or before the end where there is no mark. */
async function readToMark(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  mark: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const chunks: Buffer[] = [];
  let tail = Buffer.alloc(0);
  let length = 0;
  let end: number | undefined;
  while (end === undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(Buffer.from(value));
    const before = length - tail.length;
    length += value.length;
    tail = Buffer.concat([tail, value]);
    const found = tail.indexOf(mark);
    if (found >= 0) end = before + found;
    // The mark may come in two parts.
    else tail = tail.subarray(Math.max(0, tail.length - mark.length));
  }
  await reader.cancel();
  return new Uint8Array(Buffer.concat(chunks)).slice(0, end);
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
