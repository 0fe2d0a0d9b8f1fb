import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import type { Metadata, Root } from "@tufjs/models";
import { errorText } from "../../src/errors/error_text.ts";
import { unlessMissing } from "../../src/errors/unless_missing.ts";
import { systemReason } from "../../src/files/file_errors.ts";
import { READ_BYTES } from "../../src/payload/executable.ts";
import { NEVER } from "../../src/timing/sleep.ts";
import { blobPath, parseRelease, type ReleaseDocument } from "../../src/update/release/release_document.ts";
import { hashFile } from "../build/compressed_component.ts";
import { decodeMetadata, requireSignatures } from "./channel_metadata.ts";
import { readAsClient } from "./read_as_client.ts";
import { allBlobs, type NamedBlob } from "./release_blobs.ts";

/** Something in a channel folder that is not as it should be. */
export interface ChannelProblem {
  /** Within the folder; `metadata` where no single file is to blame. */
  readonly path: string;
  /** One sentence without a final period. */
  readonly message: string;
}

/** How to look at a channel folder. */
export interface VerifyChannelOptions {
  /** The root.json that executables carry. @default the folder's first one */
  readonly root?: Uint8Array;
  readonly progress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** What is in a channel folder. */
export interface VerifiedChannel {
  /** The releases that clients get. */
  readonly releases: readonly ReleaseDocument[];
  readonly problems: readonly ChannelProblem[];
}

/**
 * Reads a finished folder as its clients do, with the product's own code, and then every byte of it: each blob must have the
 * hash of its name, each blob that a release names must exist and unpack to the component that it stands for, and
 * nothing else may lie between them.
 */
export async function verifyChannel(
  path: string,
  options: VerifyChannelOptions = {},
): Promise<VerifiedChannel> {
  const problems: ChannelProblem[] = [];
  const report = (file: string, message: string) => problems.push({ path: file, message });
  const releases: ReleaseDocument[] = [];
  try {
    const root = options.root ?? await Deno.readFile(join(path, "metadata/1.root.json"));
    for (
      const [name, bytes] of await readAsClient(path, root, options.signal ?? NEVER)
    ) {
      const release = parseRelease(bytes);
      if (`${release.channel}.${release.platform}` !== name) {
        report("targets", `'${name}' is another release`);
      }
      releases.push(release);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    report("metadata", errorText(error));
  }
  const seen = new Set<string>();
  for (const release of releases) {
    for (const blob of allBlobs(release)) {
      const file = blobPath(blob.sha256);
      if (seen.has(file)) continue;
      seen.add(file);
      options.signal?.throwIfAborted();
      const state = await blobState(join(path, file), blob);
      if (state !== undefined) report(file, `Cannot use ${blob.what} of ${release.version}: ${state}`);
    }
    options.progress?.(`${release.channel} ${release.version} for ${release.platform} is complete`);
  }
  for (const problem of await strayFiles(path, seen)) problems.push(problem);
  return { releases, problems };
}

/** What is wrong with a blob; nothing if it is as it should be. */
async function blobState(file: string, blob: NamedBlob): Promise<string | undefined> {
  let found: { readonly digest: string; readonly length: number };
  try {
    found = await hashFile(file);
  } catch (error) {
    return systemReason(error);
  }
  if (found.length !== blob.length) return `it has ${found.length} bytes, not ${blob.length}`;
  if (found.digest !== blob.sha256) return "its bytes are damaged";
  if (blob.content === undefined) return undefined;
  const hash = createHash("sha256");
  let length = 0;
  try {
    // A generator at the end of a pipeline may end before the decoder has closed, which counts as an abort.
    const sink = new Writable({
      write(bytes: Uint8Array, _encoding, done) {
        hash.update(bytes);
        length += bytes.length;
        done();
      },
    });
    await pipeline(createReadStream(file), createZstdDecompress({ chunkSize: READ_BYTES }), sink);
  } catch {
    return "it does not unpack";
  }
  const right = length === blob.content.length && hash.digest("hex") === blob.content.id;
  return right ? undefined : "it unpacks to something else";
}

/** Finds what no newest release needs: older releases and metadata, and foreign files. */
async function strayFiles(path: string, seen: ReadonlySet<string>): Promise<ChannelProblem[]> {
  const problems: ChannelProblem[] = [];
  const roots = await readableRoots(path);
  for (const folder of ["metadata", "targets", "blobs"]) {
    for await (const file of filesBelow(path, folder)) {
      if (seen.has(file)) continue;
      const right = folder === "metadata"
        ? await isMetadata(join(path, file), roots)
        : isNamedByHash(file, (await hashFile(join(path, file))).digest);
      if (!right) {
        problems.push({ path: file, message: `Cannot use '${file}': its bytes do not fit its name` });
      }
    }
  }
  return problems;
}

function isNamedByHash(file: string, digest: string): boolean {
  return file === blobPath(digest) || /^targets\/[0-9a-f]{64}\.[a-z]+\.[a-z0-9-]+\.json$/.test(file) &&
      basename(file).startsWith(`${digest}.`);
}

/** Whether it is metadata of its name that was right under one of the roots. */
async function isMetadata(path: string, roots: readonly Metadata<Root>[]): Promise<boolean> {
  const match = /^(?:([1-9]\d*)\.(root|targets|snapshot)|()(timestamp))\.json$/.exec(basename(path));
  const role = (match?.[2] ?? match?.[4]) as "root" | "targets" | "snapshot" | "timestamp" | undefined;
  if (role === undefined) return false;
  try {
    const metadata = decodeMetadata(role, await Deno.readFile(path));
    if (match?.[1] && metadata.signed.version !== Number(match[1])) return false;
    return roots.some((root) => {
      try {
        requireSignatures(root, role, metadata);
        return true;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

async function readableRoots(path: string): Promise<Metadata<Root>[]> {
  const roots: Metadata<Root>[] = [];
  for await (const file of filesBelow(path, "metadata")) {
    if (!file.endsWith(".root.json")) continue;
    try {
      roots.push(decodeMetadata("root", await Deno.readFile(join(path, file))));
    } catch {
      // reported as a file whose bytes do not fit its name
    }
  }
  return roots;
}

/** Paths within the channel folder, sorted. */
async function* filesBelow(path: string, folder: string): AsyncGenerator<string> {
  const entries = await unlessMissing(() => Array.fromAsync(Deno.readDir(join(path, folder)))) ?? [];
  for (const { name, isDirectory } of entries.toSorted((a, b) => a.name < b.name ? -1 : 1)) {
    if (isDirectory) yield* filesBelow(path, `${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}
