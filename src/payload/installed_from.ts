import type { VersionStore } from "./version_store.ts";

/** The version in the store that came from this release document, if each of its components is whole. */
export async function installedFrom(
  store: Pick<VersionStore, "versions" | "releaseOf" | "damaged">,
  release: Uint8Array,
): Promise<string | undefined> {
  for (const id of await store.versions()) {
    const bytes = await store.releaseOf(id);
    if (bytes === undefined || !isSame(bytes, release)) continue;
    if ((await store.damaged(id)).length === 0) return id;
  }
  return undefined;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}
