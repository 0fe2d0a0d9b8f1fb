import { whileInUse } from "./rename_file.ts";

/** The result, or `undefined` if a file that it needs is not there. */
export async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The text of a file that may be missing. */
export async function readTextIfPresent(path: string): Promise<string | undefined> {
  return await unlessMissing(() => Deno.readTextFile(path));
}

/** Removes a file, or with `recursive` a folder with all that is in it; fine if there is none. A link is removed itself. */
export async function removeIfPresent(path: string, options: Deno.RemoveOptions = {}): Promise<void> {
  await unlessMissing(() => whileInUse(() => Deno.remove(path, options)));
}
