import { dirname } from "node:path";
import { removeIfPresent } from "../../src/files/if_present.ts";
import { exists } from "./test_rootfs.ts";

/**
 * Makes `path` by `build`, which gets the file or folder to make, unless it exists. A second caller waits for the
 * first; a killed build leaves nothing under the final name.
 */
export async function buildOnce(path: string, build: (partial: string) => Promise<void>): Promise<void> {
  if (await exists(path)) return;
  await Deno.mkdir(dirname(path), { recursive: true });
  using lock = await Deno.open(`${path}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await exists(path)) return;
  const partial = `${path}.partial`;
  await removeIfPresent(partial, { recursive: true });
  try {
    await build(partial);
    await Deno.rename(partial, path);
  } finally {
    await removeIfPresent(partial, { recursive: true });
  }
}
