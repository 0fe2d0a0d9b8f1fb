import { errorText } from "../../errors/error_text.ts";
import type { Log } from "../../logging/log.ts";
import type { EngineStream } from "../../ports/engine_stream.ts";
import { readFirstLine } from "../../ports/first_line.ts";
import type { Joinable } from "../../streams/join_streams.ts";
import { aborted, sleep } from "../../timing/sleep.ts";
import { readToolOutput } from "../../workspaces/tool_output.ts";
import { WORKSPACE_LIMITS } from "../../workspaces/workspace_limits.ts";
import type { ToolPlace, WorkspaceTool } from "../../workspaces/workspace_tool.ts";
import type { WslProcess } from "../../wsl/wsl.ts";

/** Each keeps a process and a distro; a setting names fewer workspaces. */
const STREAMS = 64;
/** The name of a socket, as the agent makes them. */
const SOCKET_REGEXP = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
const LINE_BYTES = 128;
const ENCODER = new TextEncoder();

/** What file trees are handed over with. */
export interface RootStreamsOptions {
  readonly tool: Pick<WorkspaceTool, "share">;
  /** Where a workspace is, or why its files are not shared, as a sentence. */
  readonly placeOf: (workspace: string) => Promise<ToolPlace | string>;
  readonly log: Log;
}

/** Hands the files of workspaces to the engine, for as long as the agent wants them. */
export class RootStreams {
  readonly #options: RootStreamsOptions;
  readonly #end = new AbortController();
  readonly #open = new Set<Promise<void>>();

  constructor(options: RootStreamsOptions) {
    this.#options = options;
  }

  /** How many distros are kept running, or are about to be. */
  get count(): number {
    return this.#open.size;
  }

  /** Takes or refuses a stream, in its own time. */
  accept(stream: EngineStream, workspace: string): void {
    if (this.#end.signal.aborted) return stream.refuse("the host ends");
    if (this.#open.size >= STREAMS) return stream.refuse(`there are ${STREAMS} file trees already`);
    const served = this.#serve(stream.accept(), workspace);
    this.#open.add(served);
    void served.finally(() => this.#open.delete(served));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#open);
  }

  /** Never rejects. */
  async #serve(stream: Joinable, workspace: string): Promise<void> {
    const { log } = this.#options;
    try {
      const failure = await this.#share(stream, workspace);
      if (failure === undefined) return;
      log("warn", "workspaces.root.failed", { workspace, reason: failure });
      await stream.write(ENCODER.encode(`${failure.replaceAll(/\s+/g, " ")}\n`));
      await stream.closeWrite();
    } catch (error) {
      log("debug", "workspaces.root.broken", { workspace, reason: errorText(error) });
    } finally {
      stream.close();
    }
  }

  /** Resolves when the agent does not need the files any more, or to why it does not get them. */
  async #share(stream: Joinable, workspace: string): Promise<string | undefined> {
    const socket = await readFirstLine(stream, LINE_BYTES) ?? "";
    if (!SOCKET_REGEXP.test(socket)) return `'${socket}' is not the name of a socket`;
    const place = await this.#options.placeOf(workspace);
    if (typeof place === "string") return place;
    let said: string | undefined;
    await using process = this.#options.tool.share(place, socket, (line) => said = line);
    const failure = await this.#begun(process, () => said);
    if (failure !== undefined) return failure;
    this.#options.log("info", "workspaces.root.shared", { workspace });
    await stream.write(ENCODER.encode("ok\n"));
    const over = new AbortController();
    const hostEnds = aborted(AbortSignal.any([this.#end.signal, over.signal]));
    await Promise.race([process.exited, untilEnd(stream), hostEnds]);
    over.abort();
    this.#options.log("info", "workspaces.root.released", { workspace });
    return undefined;
  }

  /** Waits until the process has handed the files over. Resolves to why it has not. */
  async #begun(process: WslProcess, said: () => string | undefined): Promise<string | undefined> {
    const over = new AbortController();
    const limit = AbortSignal.any([over.signal, this.#end.signal]);
    const late = sleep(WORKSPACE_LIMITS.shareMilliseconds, limit).then(() => "late" as const);
    const line = await Promise.race([readFirstLine(process.link, WORKSPACE_LIMITS.lineCharacters), late]);
    over.abort();
    if (line === "late") {
      return `the distro did not answer within ${WORKSPACE_LIMITS.shareMilliseconds / 1000} s`;
    }
    const { lines, failure } = readToolOutput(line ?? "");
    if (failure !== undefined) return failure.message;
    if (lines.length > 0) return undefined;
    const exit = await process.exited;
    return exit.failure?.message ?? said() ?? `its program ended with status ${exit.exitCode}`;
  }
}

/** Resolves when the other end has closed the stream; never rejects. */
async function untilEnd(stream: Joinable): Promise<void> {
  try {
    while (await stream.read() !== null);
  } catch {
    // Reset, or the link is gone: it ends all the same.
  }
}
