import { WindlassError } from "../../../errors/windlass_error.ts";

/** How a native process is started. */
export interface NativeProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Text for its standard input, which then stays open: its end is the end of the process. */
  readonly input?: string;
  /** Its environment. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** What is to be done, for errors: "start the distro 'x'". */
  readonly action: string;
  /** Called with every line after "ready". */
  onLine?(line: string): void;
}

/** A process of the native helper that holds namespaces. */
export interface NativeProcess {
  readonly pid: number;
  /** Resolves when it has ended and all that it held is gone. Never rejects. */
  readonly ended: Promise<void>;
  /** Ends it and waits for its end. */
  stop(): Promise<void>;
}

/** A start takes tens of milliseconds; this is for a machine that swaps. */
const READY_MILLISECONDS = 30_000;
/** Closing its input must end it; after this it is killed. */
const STOP_MILLISECONDS = 10_000;

/**
 * Starts the native helper and waits for its line "ready".
 *
 * @throws {WindlassError} `WL_WSL_FAILED` with the helper's words; the process is then gone.
 */
export async function startNativeProcess(options: NativeProcessOptions): Promise<NativeProcess> {
  const child = new Deno.Command(options.program, {
    args: [...options.args],
    cwd: "/",
    clearEnv: true,
    env: { ...options.environment },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(options.input ?? "")).catch(() => {});
  const lines = lineReader(child.stdout);
  const ended = child.status.then(() => {});
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const stop = async () => {
    const timer = setTimeout(kill, STOP_MILLISECONDS);
    await writer.close().catch(() => {});
    await ended;
    clearTimeout(timer);
  };

  const timer = setTimeout(kill, READY_MILLISECONDS);
  try {
    await written;
    let words = "it ended without a message";
    for (;;) {
      const { value: line, done } = await lines.next();
      if (done) throw new WindlassError("WL_WSL_FAILED", `Cannot ${options.action}: ${words}`);
      if (line === "ready") break;
      if (line.startsWith("error ")) words = `could not ${line.slice("error ".length)}`;
    }
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const reading = (async () => {
    for await (const line of lines) options.onLine?.(line);
  })().catch(() => {});
  return { pid: child.pid, ended: Promise.all([ended, reading]).then(() => {}), stop };
}

/** The helper's lines are short; one without end is cut. */
const LINE_CHARACTERS = 64 * 1024;

async function* lineReader(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = (parts.pop() as string).slice(-LINE_CHARACTERS);
    yield* parts;
  }
  return undefined;
}
