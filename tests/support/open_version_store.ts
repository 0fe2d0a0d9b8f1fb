import { openExecutable } from "../../src/payload/executable.ts";
import { type VersionStore, versionStore } from "../../src/payload/version_store.ts";

/** The versions of a home, by the path of the executable. */
export async function openVersionStore(
  { home, executable: path }: { readonly home: string; readonly executable: string },
): Promise<VersionStore> {
  using executable = await openExecutable(path);
  return versionStore({ home, executable });
}
