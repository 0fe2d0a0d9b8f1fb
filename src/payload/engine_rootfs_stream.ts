import { sha256 } from "../hashing/sha256.ts";
import type { Payload } from "./payload.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar_member.ts";

/** Where the runtime and the agent are in the engine distro. */
const RUNTIME_PATH = "usr/lib/windlass/deno";
const AGENT_PATH = "usr/lib/windlass/agent.js";

/** Options of reading the archive. */
export interface EngineRootfsOptions {
  readonly signal?: AbortSignal;
  /** Compressed bytes that the reader has taken, and how many there are in all. */
  readonly progress?: (sentBytes: number, totalBytes: number) => void;
}

/** Source of the archive. */
type Parts = Pick<Payload, "component" | "components" | "storedStream">;

/**
 * The engine distro as a tar archive in zstd frames, read straight from where it is stored: the rootfs with the runtime and
 * the agent joined in (`FORMAT.md`). The payload must stay open until the stream has ended or was cancelled. An aborted
 * signal makes the next read reject with its reason.
 *
 * @example
 * ```ts
 * using executable = await openExecutable(path);
 * await engineRootfsStream(executable, { signal }).pipeTo(wslImport.stdin);
 * ```
 */
export function engineRootfsStream(
  payload: Parts,
  options: EngineRootfsOptions = {},
): ReadableStream<Uint8Array> {
  return ReadableStream.from(send(payload, options));
}

/** Names of components, and the frames between them. */
async function sequenceOf(payload: Parts): Promise<readonly (string | Uint8Array<ArrayBuffer>)[]> {
  // An import needs it, a start does not.
  const { zstdCompressSync } = await import("node:zlib");
  const frame = (...pieces: readonly Uint8Array<ArrayBuffer>[]) =>
    new Uint8Array(zstdCompressSync(joined(pieces)));
  const runtime = runtimeName(payload);
  const runtimeSize = payload.component(runtime).rawLength;
  const agentSize = payload.component("agent").rawLength;
  return [
    "rootfs",
    frame(tarHeader({ path: RUNTIME_PATH, mode: 0o755, size: runtimeSize })),
    runtime,
    frame(tarPadding(runtimeSize), tarHeader({ path: AGENT_PATH, mode: 0o644, size: agentSize })),
    "agent",
    frame(tarPadding(agentSize), tarEnd()),
  ];
}

/** Names the content of {@linkcode engineRootfsStream}: the same id means the same files. */
export function engineRootfsId(payload: Pick<Payload, "component" | "components">): string {
  return sha256(partNames(payload).map((name) => `${payload.component(name).id}\n`).join(""));
}

/** Stored bytes of the parts of {@linkcode engineRootfsStream}; the frames between them add some hundred. */
export function engineRootfsLength(payload: Pick<Payload, "component" | "components">): number {
  return partNames(payload).reduce((sum, name) => sum + payload.component(name).storedLength, 0);
}

/** Bytes of the parts once they are unpacked, which is about what the distro takes on the disk. */
export function engineRootfsUnpackedLength(payload: Pick<Payload, "component" | "components">): number {
  return partNames(payload).reduce((sum, name) => sum + payload.component(name).rawLength, 0);
}

function partNames(payload: Pick<Payload, "components">): readonly string[] {
  return ["rootfs", runtimeName(payload), "agent"];
}

/** The runtime for the distro: on Linux the host's own, in the executable for Windows one of its own. */
function runtimeName(payload: Pick<Payload, "components">): string {
  return payload.components.some(({ name }) => name === "agent-runtime") ? "agent-runtime" : "deno";
}

async function* send(payload: Parts, options: EngineRootfsOptions): AsyncGenerator<Uint8Array> {
  const sequence = await sequenceOf(payload);
  const totalBytes = sequence.reduce((sum, part) => sum + lengthOf(payload, part), 0);
  let sentBytes = 0;
  for (const part of sequence) {
    for await (const bytes of typeof part === "string" ? payload.storedStream(part) : [part]) {
      options.signal?.throwIfAborted();
      yield bytes;
      options.progress?.(sentBytes += bytes.length, totalBytes);
    }
  }
}

function lengthOf(payload: Parts, part: string | Uint8Array): number {
  return typeof part === "string" ? payload.component(part).storedLength : part.length;
}

function joined(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    result.set(piece, offset);
    offset += piece.length;
  }
  return result;
}
