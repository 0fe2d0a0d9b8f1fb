import { zstdCompressSync } from "node:zlib";
import type { Executable } from "./executable.ts";
import { sha256 } from "./executable_codec.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar_member.ts";

/** Where the runtime and the agent are in the engine distro. */
const RUNTIME_PATH = "usr/lib/windlass/deno";
const AGENT_PATH = "usr/lib/windlass/agent.js";

/** What reading the archive takes and tells. */
export interface EngineRootfsOptions {
  readonly signal?: AbortSignal;
  /** Compressed bytes that the reader has taken, and how many there are in all. */
  readonly progress?: (sentBytes: number, totalBytes: number) => void;
}

/** The part of an executable that the archive is made of. */
type Parts = Pick<Executable, "component" | "components" | "storedStream">;

/**
 * The engine distro as a tar archive in zstd frames, read straight from the executable: the stored rootfs with the runtime and
 * the agent joined in (`FORMAT.md`). The executable must stay open until the stream has ended or was cancelled. An aborted
 * signal makes the next read reject with its reason.
 *
 * @example
 * ```ts
 * using executable = await openExecutable(path);
 * await engineRootfsStream(executable, { signal }).pipeTo(wslImport.stdin);
 * ```
 */
export function engineRootfsStream(
  executable: Parts,
  options: EngineRootfsOptions = {},
): ReadableStream<Uint8Array> {
  const runtime = runtimeName(executable);
  const runtimeSize = executable.component(runtime).rawLength;
  const agentSize = executable.component("agent").rawLength;
  const sequence: readonly (string | Uint8Array<ArrayBuffer>)[] = [
    "rootfs",
    frame(tarHeader({ path: RUNTIME_PATH, mode: 0o755, size: runtimeSize })),
    runtime,
    frame(tarPadding(runtimeSize), tarHeader({ path: AGENT_PATH, mode: 0o644, size: agentSize })),
    "agent",
    frame(tarPadding(agentSize), tarEnd()),
  ];
  const totalBytes = sequence.reduce((sum, part) => sum + lengthOf(executable, part), 0);
  return ReadableStream.from(send(executable, sequence, { ...options, totalBytes }));
}

/** Names the content of {@linkcode engineRootfsStream}: the same id means the same files. */
export function engineRootfsId(executable: Pick<Executable, "component" | "components">): string {
  return sha256(partNames(executable).map((name) => `${executable.component(name).id}\n`).join(""));
}

/** Stored bytes of the parts of {@linkcode engineRootfsStream}; the frames between them add some hundred. */
export function engineRootfsLength(executable: Pick<Executable, "component" | "components">): number {
  return partNames(executable).reduce((sum, name) => sum + executable.component(name).storedLength, 0);
}

function partNames(executable: Pick<Executable, "components">): readonly string[] {
  return ["rootfs", runtimeName(executable), "agent"];
}

/** The runtime for the distro: on Linux the host's own, in the executable for Windows one of its own. */
function runtimeName(executable: Pick<Executable, "components">): string {
  return executable.components.some(({ name }) => name === "agent-runtime") ? "agent-runtime" : "deno";
}

async function* send(
  executable: Parts,
  sequence: readonly (string | Uint8Array<ArrayBuffer>)[],
  options: EngineRootfsOptions & { readonly totalBytes: number },
): AsyncGenerator<Uint8Array> {
  let sentBytes = 0;
  for (const part of sequence) {
    for await (const bytes of typeof part === "string" ? executable.storedStream(part) : [part]) {
      options.signal?.throwIfAborted();
      yield bytes;
      options.progress?.(sentBytes += bytes.length, options.totalBytes);
    }
  }
}

function lengthOf(executable: Parts, part: string | Uint8Array): number {
  return typeof part === "string" ? executable.component(part).storedLength : part.length;
}

/** One zstd frame around these bytes. */
function frame(...pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return new Uint8Array(zstdCompressSync(joined));
}
