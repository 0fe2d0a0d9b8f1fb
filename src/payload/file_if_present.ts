import { unlessMissing } from "../files/if_present.ts";
import { readSmallFile } from "./read_small_file.ts";

/** As {@linkcode readSmallFile}, but `undefined` also if there is no file. */
export async function readIfPresent(path: string, limit: number): Promise<Uint8Array | undefined> {
  return await unlessMissing(() => readSmallFile(path, limit));
}
