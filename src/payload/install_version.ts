import { WindlassError } from "../errors/windlass_error.ts";
import { renameFile } from "../files/rename_file.ts";
import { replaceFile, syncFolder } from "../files/replace_file.ts";
import { OPERATING_SYSTEM } from "../platform/operating_system.ts";
import { READ_BYTES } from "./executable.ts";
import { sha256 } from "../hashing/sha256.ts";
import type { Component } from "./executable_codec.ts";
import { removeIfPresent } from "../files/if_present.ts";
import { unlessMissing } from "../errors/unless_missing.ts";
import type { VersionFiles } from "./version_files.ts";
import { encodeVersionIndex } from "./version_index.ts";

/**
 * Where a component's bytes are: in the executable, in the components folder since an earlier update, or in a file that becomes
 * the one in the components folder. That file holds the raw bytes if the launcher unpacks the component; else one zstd frame, whose
 * digest and length are given.
 */
export type StagedSource =
  | "embedded"
  | "installed"
  | { readonly path: string; readonly storedDigest?: string; readonly storedLength?: number };

/** A verified component of a version that is about to be installed. */
export interface StagedComponent {
  readonly name: string;
  /** sha256 of the uncompressed bytes. */
  readonly id: string;
  /** Uncompressed bytes. */
  readonly length: number;
  readonly unpack: boolean;
  readonly executable: boolean;
  readonly source: StagedSource;
}

/** Options of {@linkcode installVersion}. */
export interface InstallOptions {
  readonly files: VersionFiles;
  /** Components of the executable. */
  readonly carried: readonly Component[];
  /** Components of the versions that are installed. */
  readonly installed: readonly Component[];
  readonly components: readonly StagedComponent[];
  readonly release: Uint8Array;
}

/**
 * Installs a version, see `VersionStore.install`. The index is written first, so that a launcher which cleans up meanwhile keeps
 * what has been moved already, and the release last: without it the version is not regarded as installed.
 */
export async function installVersion(options: InstallOptions): Promise<string> {
  const { files, components, release } = options;
  const entries = components.map((component) => entryOf(component, options));
  const index = encodeVersionIndex(entries);
  const id = sha256(index);
  await Deno.mkdir(files.versions, { recursive: true, mode: 0o700 });
  await Deno.mkdir(files.components, { recursive: true, mode: 0o700 });
  const isNew = await unlessMissing(() => Deno.lstat(files.index(id))) === undefined;
  await replaceFile(files.index(id), index);
  try {
    for (const [place, component] of components.entries()) await put(component, entries[place]!, files);
  } catch (error) {
    if (isNew) await removeIfPresent(files.index(id));
    throw error;
  }
  await syncFolder(files.components);
  await replaceFile(files.release(id), release);
  return id;
}

/** What the index says of a component. */
function entryOf(component: StagedComponent, { carried, installed }: InstallOptions): Component {
  const { name, id, length, unpack, executable, source } = component;
  const entry = { name, id, rawLength: length, offset: 0, stored: false, unpack, executable };
  const known = source === "embedded"
    ? carried.find((other) => other.id === id && other.unpack === unpack)
    : installed.find((other) => other.id === id && other.name === name && other.unpack === unpack);
  if (source === "embedded" && known === undefined) {
    throw incomplete(name, "the executable does not contain it");
  }
  if (unpack) return { ...entry, storedDigest: id, storedLength: length };
  const { storedDigest, storedLength } = typeof source === "string" ? known ?? {} : source;
  if (storedDigest === undefined || storedLength === undefined) {
    throw incomplete(name, "no version has it, and the expected content is unknown");
  }
  return { ...entry, storedDigest, storedLength };
}

/** Sees that the component's file is in its place with the right bytes. Safe to repeat. */
async function put(component: StagedComponent, entry: Component, files: VersionFiles): Promise<void> {
  const { name, source } = component;
  const target = files.component(component);
  if (source === "embedded") return;
  const isThere = await hasBytes(target, entry);
  if (source === "installed") {
    if (isThere) return;
    throw incomplete(name, `'${target}' does not hold it`);
  }
  if (isThere) return await removeIfPresent(source.path);
  await requirePlainFile(component, source.path, entry.storedLength);
  await unlessMissing(() => Deno.remove(target, { recursive: true })); // wrong bytes, or no file
  await renameFile(source.path, target);
  // Whatever happened to the file since it was checked: from here on nobody moves it, and only its bytes matter.
  if (!await hasBytes(target, entry)) {
    await Deno.remove(target, { recursive: true });
    throw changed(name, source.path, "its content is not what was verified");
  }
  await setMode(target, component);
  await sync(target);
}

/** Whether it is a plain file with these stored bytes. */
export async function hasBytes(
  path: string,
  { storedDigest, storedLength }: Pick<Component, "storedDigest" | "storedLength">,
): Promise<boolean> {
  const status = await unlessMissing(() => Deno.lstat(path));
  if (!status?.isFile || status.size !== storedLength) return false;
  using file = await Deno.open(path);
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  const buffer = new Uint8Array(READ_BYTES);
  let length = 0;
  for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
    length += count;
    if (length > storedLength) return false;
    hash.update(buffer.subarray(0, count));
  }
  return length === storedLength && hash.digest("hex") === storedDigest;
}

async function requirePlainFile(component: StagedComponent, path: string, length: number): Promise<void> {
  const status = await unlessMissing(() => Deno.lstat(path));
  if (status === undefined) throw changed(component.name, path, "it is missing");
  // A second name of the same file would let it be changed later.
  if (!status.isFile || (status.nlink ?? 1) > 1) {
    throw changed(component.name, path, "it is not a regular file");
  }
  if (status.size !== length) {
    throw changed(component.name, path, `it has ${status.size} bytes, not ${length}`);
  }
}

async function setMode(path: string, { unpack, executable }: StagedComponent): Promise<void> {
  if (OPERATING_SYSTEM === "windows") return;
  await Deno.chmod(path, unpack && executable ? 0o755 : 0o644);
}

async function sync(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.sync();
}

function incomplete(name: string, state: string): WindlassError {
  return new WindlassError("WL_VERSION_INCOMPLETE", `Cannot install component '${name}': ${state}`);
}

function changed(name: string, path: string, state: string): WindlassError {
  return new WindlassError(
    "WL_UPDATE_STAGED_CHANGED",
    `Cannot install component '${name}' from '${path}': ${state}`,
  );
}
