import { rootSocketsFolder, sharedFolder } from "../../src/agent/protocol/distro_paths.ts";
import { parseHostTarget } from "../../src/agent/protocol/stream_target.ts";
import type { IncomingStream } from "../../src/mux/mux_session.ts";
import type { Duplex } from "../../src/streams/duplex.ts";
import { LineSplitter } from "../../src/streams/line_splitter.ts";
import type { Wsl } from "../../src/wsl/wsl.ts";

/** The longest line of either side. */
const LINE_BYTES = 4096;
const ENCODER = new TextEncoder();

/** Serves the agent's requests for the files of distros, as the host does. */
export class RootShares {
  /** The distros whose files were asked for, in order. */
  readonly asked: string[] = [];
  /** Answers requests for a distro with this sentence, in place of its files. */
  readonly refusals = new Map<string, string>();
  /** Where a distro has its drives, if that is not `/mnt/`. */
  readonly automountRoots = new Map<string, string>();
  readonly #wsl: Pick<Wsl, "spawn">;
  readonly #running = new Set<Promise<void>>();

  constructor(wsl: Pick<Wsl, "spawn">) {
    this.#wsl = wsl;
  }

  /** Whether the stream asks for files; if so, it is served. */
  accept(stream: IncomingStream): boolean {
    const target = parseHostTarget(stream.target);
    if (typeof target === "string" || target.kind !== "root") return false;
    this.asked.push(target.workspace);
    const running = this.#serve(target.workspace, stream.accept()).finally(() =>
      this.#running.delete(running)
    );
    this.#running.add(running);
    return true;
  }

  /** Resolves when no distro is kept running for the agent any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #serve(distro: string, stream: Duplex): Promise<void> {
    try {
      const socket = await firstLine(stream);
      const refusal = this.refusals.get(distro);
      if (refusal !== undefined) return await stream.write(ENCODER.encode(`${refusal}\n`));
      const shared = sharedFolder().replace("/mnt/", this.automountRoots.get(distro) ?? "/mnt/");
      const program = `${shared}/usr/lib/windlass/workspace`;
      const argv = [program, "share", "--to", `${rootSocketsFolder(shared)}/${socket}`] as const;
      await using share = this.#wsl.spawn({ distro, argv, onStderrLine: () => {} });
      const said = await firstLine(share.link);
      if (said?.includes('"shared"') !== true) return await stream.write(ENCODER.encode(`${said}\n`));
      await stream.write(ENCODER.encode("ok\n"));
      // Until the agent does not need them any more, or the distro ends.
      await Promise.race([drained(stream), share.exited]);
    } catch {
      // The agent was killed.
    } finally {
      stream.close();
    }
  }
}

async function firstLine(stream: Pick<Duplex, "read">): Promise<string | undefined> {
  const splitter = new LineSplitter(LINE_BYTES);
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
    const [line] = splitter.push(bytes);
    if (line !== undefined) return line;
  }
  return undefined;
}

async function drained(stream: Pick<Duplex, "read">): Promise<void> {
  while (await stream.read() !== null);
}
