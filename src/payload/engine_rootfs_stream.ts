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
type Parts = Pick<Executable, "component" | "storedStream">;

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
  const runtimeSize = executable.component("deno").rawLength;
  const agentSize = executable.component("agent").rawLength;
  const sequence: readonly (string | Uint8Array<ArrayBuffer>)[] = [
    "rootfs",
    frame(tarHeader({ path: RUNTIME_PATH, mode: 0o755, size: runtimeSize })),
    "deno",
    frame(tarPadding(runtimeSize), tarHeader({ path: AGENT_PATH, mode: 0o644, size: agentSize })),
    "agent",
    frame(tarPadding(agentSize), tarEnd()),
  ];
  const totalBytes = sequence.reduce((sum, part) => sum + lengthOf(executable, part), 0);
  return ReadableStream.from(send(executable, sequence, { ...options, totalBytes }));
}

/** Names the content of {@linkcode engineRootfsStream}: the same id means the same files. */
export function engineRootfsId(executable: Pick<Executable, "component">): string {
  return sha256(["rootfs", "deno", "agent"].map((name) => `${executable.component(name).id}\n`).join(""));
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
