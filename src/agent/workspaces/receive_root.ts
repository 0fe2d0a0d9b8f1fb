import { unlessMissing } from "../../errors/unless_missing.ts";
import { LineSplitter } from "../../streams/line_splitter.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { sleep } from "../../timing/sleep.ts";
import { noteOwnProgram } from "../engine/own_programs.ts";
import { WORKSPACE_PROGRAM } from "../protocol/distro_paths.ts";
import type { ReceivedRoot } from "./root_keeper.ts";
import { WORKSPACE_LIMITS } from "./workspace_limits.ts";

/** Where and how a file tree is received. */
export interface ReceiveRootOptions {
  /** An empty folder of the engine; the tree is mounted there. */
  readonly at: string;
  /** Where the socket for it is made; all distros see that folder. */
  readonly sockets: string;
  /** Opens the stream to the host that asks for this tree. */
  readonly askHost: () => Duplex;
  readonly signal: AbortSignal;
  /** Replaced in tests. */
  readonly program?: string;
}

/** The outcomes that the receiving program reports, in this order. */
const LISTENING = "listening";
const ATTACHED = "attached";
const OK = "ok";

/**
 * Has the host hand over the file tree of a distro, and mounts it.
 *
 * @throws An error with the host's or the program's own words; the signal's reason.
 */
export async function receiveRoot(options: ReceiveRootOptions): Promise<ReceivedRoot> {
  const { at, sockets, askHost, signal, program = WORKSPACE_PROGRAM } = options;
  signal.throwIfAborted();
  const name = crypto.randomUUID();
  const socket = `${sockets}/${name}`;
  const receiver = startReceiver(program, ["receive", "--at", at, "--socket", socket]);
  let stream: Duplex | undefined;
  const stop = () => {
    receiver.stop();
    stream?.close();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    await receiver.says(LISTENING);
    stream = askHost();
    await stream.write(new TextEncoder().encode(`${name}\n`));
    const host = new HostAnswers(stream);
    // A receiver that fails says more than the host, which only sees its socket go away.
    const answer = await Promise.race([host.next(), receiver.failed]);
    if (answer !== OK) throw new Deno.errors.NotFound(answer ?? "the host has ended the request for them");
    await receiver.says(ATTACHED);
    receiver.closeInput();
    signal.throwIfAborted();
    const held = stream;
    return { ended: host.end(), release: () => held.close() };
  } catch (error) {
    stop();
    await receiver.over(); // what it mounts after this would stay
    await unlessMissing(() => Deno.remove(socket));
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The lines of the host on the stream. */
class HostAnswers {
  readonly #stream: Duplex;
  readonly #splitter = new LineSplitter(WORKSPACE_LIMITS.answerBytes);

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** The first line; `undefined` if the stream ends before. */
  async next(): Promise<string | undefined> {
    for (let bytes = await this.#stream.read(); bytes !== null; bytes = await this.#stream.read()) {
      const [line] = this.#splitter.push(bytes);
      if (line !== undefined) return line;
    }
    return undefined;
  }

  /** Resolves when the stream has ended, in whatever way. */
  async end(): Promise<void> {
    try {
      while (await this.#stream.read() !== null);
    } catch {
      // An end like any other.
    }
  }
}

interface Receiver {
  /** Resolves when the program has reported that outcome. Rejects with its own words if it ends before. */
  says(outcome: string): Promise<void>;
  /** Rejects if the program fails; never resolves. */
  readonly failed: Promise<never>;
  closeInput(): void;
  /** Ends it; nothing happens if it has ended. */
  stop(): void;
  /** Resolves when it has ended, or hangs in the kernel. */
  over(): Promise<void>;
}

function startReceiver(program: string, args: readonly string[]): Receiver {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
  noteOwnProgram(child);
  const said = new Set<string>();
  let words = "";
  let changed = Promise.withResolvers<void>();
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const follow = async (output: ReadableStream<Uint8Array>, take: (line: string) => void) => {
    const splitter = new LineSplitter(WORKSPACE_LIMITS.answerBytes);
    for await (const bytes of output) splitter.push(bytes).forEach(take);
    const rest = splitter.finish();
    if (rest !== undefined) take(rest);
  };
  let ended: Error | undefined;
  const take = (line: string) => {
    const { outcome, message } = readLine(line);
    if (outcome !== undefined) said.add(outcome);
    words = message ?? words;
    wake();
  };
  const failed = Promise.all([follow(child.stdout, take), follow(child.stderr, take), child.status])
    .then(([, , { code, success }]): Promise<never> => {
      ended = new Deno.errors.NotSupported(words || `'${program}' ended with status ${code}`);
      wake();
      return success ? new Promise(() => {}) : Promise.reject(ended);
    });
  failed.catch(() => {}); // nobody may be waiting for it any more
  return {
    failed,
    async says(outcome) {
      while (!said.has(outcome)) {
        if (ended !== undefined) throw ended;
        await changed.promise;
      }
    },
    closeInput() {
      child.stdin.close().catch(() => {}); // it has ended, or the input is closed
    },
    stop() {
      this.closeInput();
      try {
        child.kill("SIGKILL");
      } catch {
        // likewise
      }
    },
    async over() {
      const ended = new AbortController();
      const late = sleep(WORKSPACE_LIMITS.programMilliseconds, ended.signal);
      await Promise.race([child.status, late]);
      ended.abort();
    },
  };
}

/** The program reports in objects of JSON, steps with an outcome and errors with a message; what else comes is an error. */
function readLine(line: string): { readonly outcome?: string; readonly message?: string } {
  if (line.trim() === "") return {};
  try {
    const { outcome, message } = JSON.parse(line);
    if (typeof outcome === "string") return { outcome };
    return { message: typeof message === "string" ? message : line };
  } catch {
    return { message: line };
  }
}
