import { whileInUse } from "../files/rename_file.ts";
import { readSmallFile } from "./read_small_file.ts";

/** As {@linkcode readSmallFile}, but `undefined` also if there is no file. */
export async function readIfPresent(path: string, limit: number): Promise<Uint8Array | undefined> {
  return await unlessMissing(() => readSmallFile(path, limit));
}

/** Removes a file; fine if there is none. */
export async function removeIfPresent(path: string): Promise<void> {
  await unlessMissing(() => whileInUse(() => Deno.remove(path)));
}

/** The result, or `undefined` if a file that it needs is not there. */
export async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
