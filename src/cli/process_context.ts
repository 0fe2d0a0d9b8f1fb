import { WindlassError } from "../errors/windlass_error.ts";
import { resolveHome } from "../host/home.ts";
import { callerEnvironment } from "./caller_environment.ts";
import { terminalText } from "./text/terminal_text.ts";
import { EMBEDDED } from "../payload/payload.ts";
import type { CommandContext } from "./command.ts";

/** What a terminal without a size is taken to have. */
const USUAL_COLUMNS = 80;

/** What a person types as an answer is much shorter. */
const LINE_BYTES = 1024;

/** The context of a real process: its environment, its streams, and Ctrl-C. */
export function createContext(): CommandContext {
  const interrupted = new AbortController();
  let watching = false;
  return {
    home: () => resolveHome(Deno.env.toObject()),
    environment: () => callerEnvironment(Deno.env.toObject()),
    executable() {
      const path = Deno.env.get("WINDLASS_EXECUTABLE");
      if (path !== undefined) return path;
      throw new WindlassError(
        "WL_NOT_PACKAGED",
        "Cannot find the executable: this process was not started from it",
      );
    },
    version: () => ({
      id: Deno.env.get("WINDLASS_VERSION_ID") ?? EMBEDDED,
      trial: Deno.env.get("WINDLASS_TRIAL") === "1",
    }),
    print: (text) => writeWhole(Deno.stdout, terminalText(text)),
    note: (text) => writeWhole(Deno.stderr, terminalText(text)),
    async waitForEnter() {
      await Deno.stdin.read(new Uint8Array(1));
    },
    async ask(question) {
      if (!Deno.stdin.isTerminal()) return undefined;
      writeWhole(Deno.stderr, question);
      return await readLine();
    },
    interactive: Deno.stderr.isTerminal(),
    columns: terminalColumns,
    interrupted: () => interrupted.signal.aborted,
    get signal() {
      if (!watching) {
        watching = true;
        Deno.addSignalListener("SIGINT", () => {
          if (interrupted.signal.aborted) Deno.kill(Deno.pid, "SIGKILL");
          interrupted.abort();
        });
      }
      return interrupted.signal;
    },
  };
}

/** Asked each time, since a window may be resized while a command runs. */
function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || USUAL_COLUMNS;
  } catch {
    return USUAL_COLUMNS; // there is no terminal
  }
}

/** The end of the input ends the line as well. */
async function readLine(): Promise<string> {
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(LINE_BYTES);
  for (let text = "";;) {
    const count = await Deno.stdin.read(bytes);
    text += decoder.decode(bytes.subarray(0, count ?? 0), { stream: count !== null });
    if (count === null || text.includes("\n")) return text.split("\n", 1)[0] ?? "";
  }
}

/** Writes all of it; a reader that has closed the pipe (`windlass logs | head`) is not a failure. */
function writeWhole(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
