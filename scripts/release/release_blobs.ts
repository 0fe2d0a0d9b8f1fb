import type { ReleaseBlob, ReleaseDocument } from "../../src/update/release/release_document.ts";

/** A blob that a release names, and its role in the release. */
export interface NamedBlob extends ReleaseBlob {
  /** Such as `component 'rootfs'`, for messages. */
  readonly what: string;
  /** For a whole component: what it unpacks to. */
  readonly content?: { readonly id: string; readonly length: number };
}

/** The blobs that an installation may fetch: whole components and deltas, each once. Pure. */
export function updateBlobs({ components }: Pick<ReleaseDocument, "components">): NamedBlob[] {
  const blobs = components.flatMap(({ name, id, length, full, deltas }): NamedBlob[] => [
    { ...full, what: `component '${name}'`, content: { id, length } },
    ...deltas.map(({ sha256, length, from }) => ({
      sha256,
      length,
      what: `delta of '${name}' from ${from.slice(0, 12)}`,
    })),
  ]);
  return blobs.filter(({ sha256 }, place) => blobs.findIndex((other) => other.sha256 === sha256) === place);
}

/** All blobs of a release: those of {@linkcode updateBlobs} and the executable, which people download by hand. Pure. */
export function allBlobs(release: ReleaseDocument): NamedBlob[] {
  return [...updateBlobs(release), { ...release.executable, what: "the executable" }];
}
