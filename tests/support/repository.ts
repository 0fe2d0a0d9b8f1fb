import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the checkout. */
export const REPOSITORY: string = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** A path in the cache folder, which git does not see. */
export function cachePath(...parts: string[]): string {
  return join(Deno.env.get("WINDLASS_CACHE") ?? join(REPOSITORY, ".cache"), ...parts);
}
