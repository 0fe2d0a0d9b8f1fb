import { UNTESTED_CODE_CACHE } from "./protocol/distro_paths.ts";

/**
 * Has the next agent use what the runtime has kept of this one's code. To be called when this agent has shown that it
 * works with it; without that, the next one loads its code without a cache.
 */
export function trustCodeCache(path: string = UNTESTED_CODE_CACHE): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was never there, or the disk cannot be written: the next start takes a little longer.
  }
}
