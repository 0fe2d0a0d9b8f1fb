import { WindlassError } from "../errors/windlass_error.ts";
import { systemReason } from "../files/file_errors.ts";
import { type Executable, READ_BYTES } from "./executable.ts";
import type { Component } from "./executable_codec.ts";
import { EMBEDDED, type Payload } from "./payload.ts";
import { rawFrame, rawFrameLength } from "./raw_frame.ts";
import { readVersionIndex } from "./read_version_index.ts";
import { type VersionFiles, versionFiles } from "./version_files.ts";

/** The version to open. */
export interface OpenVersionOptions {
  /** Must stay open for as long as streams of the version are read. */
  readonly executable: Executable;
  /** Path of the home folder. */
  readonly home: string;
  /** "embedded", or the sha256 of the version's index file. */
  readonly id: string;
}

/**
 * Opens a version of Windlass: the one that the executable carries, or one that an update has installed, each of whose components
 * is read from the executable if that carries the same bytes, else from the components folder.
 *
 * @throws {WindlassError} `WL_VERSION_INCOMPLETE` if the version's index is missing or damaged.
 *
 * @example
 * ```ts
 * using executable = await openExecutable(path);
 * const version = await openVersion({ executable, home: home.root, id });
 * await engineRootfsStream(version).pipeTo(wslImport.stdin);
 * ```
 */
export async function openVersion({ executable, home, id }: OpenVersionOptions): Promise<Payload> {
  if (id === EMBEDDED) return executable;
  const files = versionFiles(home);
  return new InstalledVersion(id, await readVersionIndex(files, id), executable, files);
}

class InstalledVersion implements Payload {
  readonly components: readonly Component[];
  /** Names in the executable of the components that it carries. */
  readonly #carried = new Map<string, string>();

  constructor(
    readonly id: string,
    components: readonly Component[],
    readonly executable: Executable,
    readonly files: VersionFiles,
  ) {
    this.components = components.map((component) => {
      const carried = executable.components.find((other) => !other.stored && other.id === component.id);
      if (carried !== undefined) {
        this.#carried.set(component.name, carried.name);
        const { offset, storedDigest, storedLength } = carried;
        return { ...component, offset, storedDigest, storedLength };
      }
      return component.unpack
        ? { ...component, storedLength: rawFrameLength(component.rawLength) }
        : component;
    });
  }

  component(name: string): Component {
    const component = this.components.find((candidate) => candidate.name === name);
    if (component) return component;
    throw new WindlassError(
      "WL_VERSION_INCOMPLETE",
      `Cannot read version '${this.id}': it has no component '${name}'`,
    );
  }

  storedStream(name: string): ReadableStream<Uint8Array> {
    const component = this.component(name);
    const carried = this.#carried.get(name);
    if (carried !== undefined) return this.executable.storedStream(carried);
    const content = checkedBytes(this.files.component(component), component);
    const frames = component.unpack ? rawFrame(content, component.rawLength) : content;
    return ReadableStream.from(frames);
  }
}

/** The bytes of a component's file; fails before the last of them is out if they are not the right ones. */
async function* checkedBytes(path: string, component: Component): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using file = await openComponent(path);
  const length = component.unpack ? component.rawLength : component.storedLength;
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  let held: Uint8Array<ArrayBuffer> | undefined;
  let total = 0;
  for (;;) {
    const bytes = new Uint8Array(READ_BYTES);
    const count = await file.read(bytes);
    total += count ?? 0;
    if (count === null || total > length) break;
    hash.update(bytes.subarray(0, count));
    if (held) yield held;
    held = bytes.subarray(0, count);
  }
  if (total === length && hash.digest("hex") === component.storedDigest) {
    if (held) yield held;
    return;
  }
  throw new WindlassError(
    "WL_VERSION_INCOMPLETE",
    `Cannot read '${path}': its content is not what was installed`,
  );
}

async function openComponent(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (cause) {
    throw new WindlassError("WL_VERSION_INCOMPLETE", `Cannot read '${path}': ${systemReason(cause)}`, {
      cause,
    });
  }
}
