import { join } from "node:path";
import type {
  ReleaseComponent,
  ReleaseDelta,
  ReleaseDocument,
} from "../../src/update/release/release_document.ts";
import { isWindlassError } from "../../src/errors/windlass_error.ts";
import { checkDelta } from "./check_delta.ts";
import type { ChannelFolder } from "./channel_folder.ts";
import type { MadeDelta, MakeDeltaOptions } from "./make_delta.ts";
import { unpackComponent } from "./release_components.ts";

/** Installations that are further behind fetch whole components: each delta costs its place and minutes of a publish. */
const DELTA_RELEASES = 5;
/** A delta that is not much smaller is not worth the work of applying it. */
const DELTA_SHARE = 0.6;
/** A component this small arrives with one read: nothing to save. Compressed bytes. */
const SMALL_COMPONENT_BYTES = 64 * 1024;

/** Makes a delta, as {@linkcode MakeDeltaOptions} says; nothing if it would be too long. */
export type MakeDelta = (options: MakeDeltaOptions) => Promise<MadeDelta | undefined>;

/** Where deltas come from and go to. */
export interface DeltaOptions {
  readonly folder: ChannelFolder;
  readonly makeDelta: MakeDelta;
  readonly workDirectory: string;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** A delta that could be made. */
export interface DeltaPair {
  readonly from: ReleaseComponent;
  readonly to: ReleaseComponent;
}

/**
 * The pairs of components that deltas are made for: from those of the last releases with the same name, newest first, each old
 * content once. Pure.
 *
 * @param history newest first
 */
export function deltaPairs(
  components: readonly ReleaseComponent[],
  history: readonly Pick<ReleaseDocument, "components">[],
): DeltaPair[] {
  const old = history.slice(0, DELTA_RELEASES).flatMap(({ components }) => components);
  return components.filter(({ full }) => full.length >= SMALL_COMPONENT_BYTES).flatMap((to) => {
    const candidates = old.filter(({ name, id }) => name === to.name && id !== to.id);
    const distinct = candidates.filter(({ id }, place) =>
      candidates.findIndex((other) => other.id === id) === place
    );
    return distinct.map((from) => ({ from, to }));
  });
}

/** Makes deltas for releases, one at a time, and each of them once for both platforms. */
export class DeltaShop {
  readonly #options: DeltaOptions;
  readonly #made = new Map<string, ReleaseDelta | undefined>();

  constructor(options: DeltaOptions) {
    this.#options = options;
  }

  /** Takes over the deltas that earlier documents of the folder name, whatever their channel. */
  learn(documents: readonly ReleaseDocument[]): void {
    for (const { id, deltas } of documents.flatMap(({ components }) => components)) {
      for (const delta of deltas) this.#made.set(`${delta.from} ${id}`, delta);
    }
  }

  /** The components with deltas from those of `history`, whose blobs are in the folder. */
  async withDeltas(
    components: readonly ReleaseComponent[],
    history: readonly ReleaseDocument[],
  ): Promise<ReleaseComponent[]> {
    const pairs = deltaPairs(components, history);
    const result: ReleaseComponent[] = [];
    for (const component of components) {
      const deltas: ReleaseDelta[] = [];
      for (const { from, to } of pairs) {
        if (to !== component) continue;
        const delta = await this.#delta(from, to);
        if (delta !== undefined) deltas.push(delta);
      }
      result.push({ ...component, deltas });
    }
    return result;
  }

  async #delta(from: ReleaseComponent, to: ReleaseComponent): Promise<ReleaseDelta | undefined> {
    const key = `${from.id} ${to.id}`;
    if (!this.#made.has(key)) this.#made.set(key, await this.#make(from, to));
    return this.#made.get(key);
  }

  async #make(from: ReleaseComponent, to: ReleaseComponent): Promise<ReleaseDelta | undefined> {
    const { folder, makeDelta, workDirectory, progress, signal } = this.#options;
    signal?.throwIfAborted();
    let oldPath: string;
    try {
      oldPath = await unpackComponent(folder, from, workDirectory);
    } catch (error) {
      if (!isWindlassError(error, "WL_RELEASE_FOLDER_DAMAGED")) throw error;
      progress(`No delta of ${to.name} from ${from.id.slice(0, 12)}: the folder has its blob no more`);
      return undefined;
    }
    const newPath = await unpackComponent(folder, to, workDirectory);
    const output = join(workDirectory, `${from.id.slice(0, 32)}-${to.id.slice(0, 32)}.delta`);
    const atMost = Math.floor(to.full.length * DELTA_SHARE);
    const made = await makeDelta({
      name: to.name,
      oldPath,
      newPath,
      output,
      atMost,
      ...(signal ? { signal } : {}),
    });
    const useful = made !== undefined && made.length <= atMost;
    if (useful) await checkDelta({ delta: output, base: oldPath, from, to, ...(signal ? { signal } : {}) });
    await Deno.remove(oldPath); // half a gigabyte; the new one is needed again
    if (!useful) return undefined;
    const { sha256, length } = await folder.putBlob(output);
    await Deno.remove(output);
    progress(`Delta of ${to.name} from ${from.id.slice(0, 12)}: ${length} of ${to.full.length} bytes`);
    return { from: from.id, sha256, length, format: made.format };
  }
}
