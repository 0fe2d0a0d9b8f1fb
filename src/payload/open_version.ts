import { createHash } from "node:crypto";
import { WindlassError } from "../errors/windlass_error.ts";
import { systemReason } from "../files/system_reason.ts";
import { type Executable, openExecutable, READ_BYTES } from "./executable.ts";
import type { Component } from "./executable_codec.ts";
import { EMBEDDED, type Payload } from "./payload.ts";
import { rawFrame, rawFrameLength } from "./raw_frame.ts";
import { readVersionIndex } from "./read_version_index.ts";
import { type VersionFiles, versionFiles } from "./version_files.ts";

/** Which version is opened. */
export interface OpenVersionOptions {
  /** Path of the executable. */
  readonly executable: string;
  /** Path of the home folder. */
  readonly home: string;
  /** "embedded", or the sha256 of the version's index file. */
  readonly id: string;
}

/**
 * Opens a version of Windlass: the one that the executable carries, or one that an update has installed, each of whose components
 * is read from the executable if that carries the same bytes, else from the components folder.
 *
 * @throws {WindlassError} `WL_VERSION_INCOMPLETE` if the version's index is missing or damaged; `WL_EXECUTABLE_UNREADABLE`
 * or `WL_EXECUTABLE_CORRUPT` as {@linkcode openExecutable}.
 *
 * @example
 * ```ts
 * using version = await openVersion({ executable, home: home.root, id: context.versionId() });
 * await engineRootfsStream(version).pipeTo(wslImport.stdin);
 * ```
 */
export async function openVersion(options: OpenVersionOptions): Promise<Payload & Disposable> {
  using opening = new DisposableStack();
  const executable = opening.use(await openExecutable(options.executable));
  if (options.id === EMBEDDED) {
    opening.move(); // from here on it is the caller's
    return executable;
  }
  const files = versionFiles(options.home);
  const components = await readVersionIndex(files, options.id);
  opening.move();
  return new InstalledVersion(options.id, components, executable, files);
}

class InstalledVersion implements Payload, Disposable {
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

  [Symbol.dispose](): void {
    this.executable[Symbol.dispose]();
  }
}

/** The bytes of a component's file; fails before the last of them is out if they are not the right ones. */
async function* checkedBytes(path: string, component: Component): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using file = await openComponent(path);
  const length = component.unpack ? component.rawLength : component.storedLength;
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
    `Cannot read '${path}': its content is not the one that was installed`,
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
