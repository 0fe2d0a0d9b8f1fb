import { dirname, join } from "node:path";
import type { Log } from "../logging/log.ts";
import type { Wsl } from "../wsl/wsl.ts";
import type { DistroNames } from "./distro_names.ts";
import type { DistroProgress } from "./distro_progress.ts";
import type { DistroRecord } from "./distro_record.ts";

/** A distro's root file system, as it comes with the executable. */
export interface RootfsImage {
  /** Names the content: another id is another content. */
  readonly id: string;
  /** Bytes of the files in it, about. */
  readonly unpackedBytes: number;
  /** Opens the archive. Called once for each import. */
  open(): Promise<RootfsArchive>;
}

/** An opened archive. */
export interface RootfsArchive {
  /** A compressed tar. A stream that fails makes the import fail, and be undone. */
  readonly stream: ReadableStream<Uint8Array>;
  readonly totalBytes: number;
}

/** The instance whose distros they are, and the means to change them. The caller holds the lock of the instance. */
export interface DistroContext {
  readonly wsl: Pick<Wsl, "list" | "import" | "unregister" | "run" | "terminate">;
  readonly names: DistroNames;
  /** Absolute path of the folder in which each distro has one of its own. */
  readonly directory: string;
  readonly record: DistroRecord;
  readonly log: Log;
  readonly progress: DistroProgress;
  readonly signal?: AbortSignal | undefined;
  /** Resolves after that time, rejects when the signal aborts. Tests replace it. */
  readonly delay?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** The folder that a distro is imported into. */
export function distroFolder(context: Pick<DistroContext, "directory">, name: string): string {
  return join(context.directory, name);
}

/** Makes the folder's parent, which wsl does not. */
export async function makeParent(folder: string): Promise<void> {
  await Deno.mkdir(dirname(folder), { recursive: true, mode: 0o700 });
}

/** The call options that carry the context's signal. */
export function callOptions(context: DistroContext): { readonly signal?: AbortSignal } {
  return context.signal === undefined ? {} : { signal: context.signal };
}
