import type { LogLine } from "../../logging/log.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import { DOCKERD_GROUP } from "./dockerd_group.ts";
import { parseDockerdLine } from "./dockerd_log.ts";
import { LineSplitter } from "../../streams/line_splitter.ts";

/** A dockerd that was started. */
export interface DockerdProcess {
  /** Resolves, when it has ended and its output is read, to how: "status 1: failed to start daemon ...". */
  readonly exited: Promise<string>;
  /** Its version, once it has said so; it does before it answers. */
  readonly version: string;
  /** Sends a signal; nothing happens when it has ended. */
  kill(signal: Deno.Signal): void;
}

/** How to start a dockerd. */
export interface DockerdOptions {
  readonly args: readonly string[];
  /** Put ahead of its PATH. */
  readonly toolsFolder?: string | undefined;
  /** More variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Each line that it or its containerd prints. */
  readonly onLine: (line: LogLine) => void;
}

/**
 * Becomes a program with the limits that Docker's own unit gives dockerd, which containers inherit. This process has
 * others: its runtime has raised the soft one to the hard one, and programs that close every possible descriptor take
 * minutes with that. dockerd raises its own by itself. A machine that lets nobody raise a hard limit keeps the one that
 * it has.
 */
const WITH_LIMITS = `
prlimit --pid $$ --nofile=1024:524288 2>/dev/null || ulimit -S -n 1024
prlimit --pid $$ --core=unlimited 2>/dev/null
prlimit --pid $$ --nproc=unlimited 2>/dev/null
exec "$@"`;

/** With a group of its own in addition to that of root, and a SIGTERM when the agent dies. */
const AS_DOCKERD = ["setpriv", "--pdeathsig", "TERM", "--groups", `0,${DOCKERD_GROUP}`, "--"] as const;

/**
 * Starts dockerd, which starts and watches its own containerd. It gets a SIGTERM when the agent dies, so that none
 * runs on without a supervisor.
 *
 * @throws If the program cannot be started.
 */
export function startDockerd(options: DockerdOptions): DockerdProcess {
  const path = Deno.env.get("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin";
  const child = new Deno.Command("sh", {
    args: ["-c", WITH_LIMITS, "sh", ...AS_DOCKERD, "dockerd", ...options.args],
    env: {
      ...options.environment,
      ...options.toolsFolder === undefined ? {} : { PATH: `${options.toolsFolder}:${path}` },
    },
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const story = new DockerdStory();
  const read = readLines(child.stderr, (line) => {
    story.take(line);
    options.onLine(line);
  });
  return {
    exited: Promise.all([child.status, read]).then(([status]) => story.ending(status)),
    get version() {
      return story.version;
    },
    kill: (signal) => {
      try {
        child.kill(signal);
      } catch {
        // It has ended already.
      }
    },
  };
}

async function readLines(output: ReadableStream<Uint8Array>, onLine: (line: LogLine) => void): Promise<void> {
  const splitter = new LineSplitter(AGENT_LIMITS.logLineBytes);
  const tell = (text: string) => text.trim() !== "" && onLine(parseDockerdLine(text, new Date()));
  for await (const bytes of output) splitter.push(bytes).forEach(tell);
  const rest = splitter.finish();
  if (rest !== undefined) tell(rest);
}

/** Gathers from the lines of a dockerd what matters beyond the log. */
export class DockerdStory {
  #version = "unknown";
  #lastError: string | undefined;

  /** What "Docker daemon version=..." said. */
  get version(): string {
    return this.#version;
  }

  take(line: LogLine): void {
    if (line.event === "Docker daemon") this.#version = String(line.fields?.version ?? this.#version);
    if (line.level === "error") this.#lastError = line.event;
  }

  /** How it ended, in words. */
  ending(status: { readonly code: number; readonly signal: string | null }): string {
    const how = status.signal === null ? `status ${status.code}` : `signal ${status.signal}`;
    return this.#lastError === undefined ? how : `${how}: ${this.#lastError}`;
  }
}
