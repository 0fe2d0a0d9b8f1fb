import type { Duplex } from "../streams/duplex.ts";
import { startProcess } from "../platform/process.ts";
import { wslEnvironment } from "./call_wsl.ts";
import type { WslCommand } from "./call_wsl.ts";
import { launchArguments } from "./launch_arguments.ts";
import { processLink } from "./process_link.ts";
import { readLines } from "./read_lines.ts";
import type { SpawnOptions, WslExit, WslProcess } from "./wsl.ts";
import { isWslFailure, wslFailure } from "./wsl_failure.ts";
import type { WslLimits } from "./wsl_limits.ts";
import { decodeWslText } from "./wsl_output.ts";

/** Starts a long-lived program in a distro, in a process group of its own. See `Wsl.spawn()`. */
export function spawnWsl(command: WslCommand, options: SpawnOptions, limits: WslLimits): WslProcess {
  const process = startProcess({
    command: [...command.command, ...launchArguments(options)],
    environment: wslEnvironment(command),
    stdin: "piped",
    ownGroup: true,
  });
  const { stdin } = process;
  if (stdin === null) throw new TypeError("Cannot open a link: the process was started without stdin");

  const drained = new AbortController();
  const stderr = readLines(process.stderr, {
    maximumCharacters: limits.stderrLineCharacters,
    onLine: options.onStderrLine,
    signal: drained.signal,
  });
  const head = new OutputHead(limits.failureBytes);
  const link = watchReads(processLink(stdin, process.stdout), (bytes) => head.add(bytes));

  const exited = (async (): Promise<WslExit> => {
    const exitCode = await process.exited;
    // What the program wrote before its end is in the pipe by now; a stranger may hold that open longer.
    const timer = setTimeout(() => drained.abort(), limits.drainMilliseconds);
    await stderr;
    clearTimeout(timer);
    const result = { exitCode, stdout: decodeWslText(head.bytes()), stderr: "" };
    const failure = isWslFailure(result) ? wslFailure(`run '${options.argv[0]}'`, result) : null;
    return { exitCode, failure };
  })();

  return {
    pid: process.pid,
    link,
    exited,
    kill: () => process.kill(),
    async [Symbol.asyncDispose]() {
      process.kill();
      link.close();
      await exited;
      await process[Symbol.asyncDispose]();
    },
  };
}

/** The first bytes of the output: when wsl fails, they are its error, and there are no others. */
class OutputHead {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(maximumBytes: number) {
    this.#bytes = new Uint8Array(maximumBytes);
  }

  add(bytes: Uint8Array): void {
    if (this.#length === this.#bytes.length) return;
    const part = bytes.subarray(0, this.#bytes.length - this.#length);
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}

function watchReads(link: Duplex, onRead: (bytes: Uint8Array) => void): Duplex {
  return {
    async read() {
      const bytes = await link.read();
      if (bytes !== null) onRead(bytes);
      return bytes;
    },
    write: (bytes) => link.write(bytes),
    closeWrite: () => link.closeWrite(),
    close: () => link.close(),
    [Symbol.dispose]: () => link.close(),
  };
}
