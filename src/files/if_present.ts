import { unlessMissing } from "../errors/unless_missing.ts";
import { whileInUse } from "./rename_file.ts";

/** The text of a file that may be missing. */
export async function readTextIfPresent(path: string): Promise<string | undefined> {
  return await unlessMissing(() => Deno.readTextFile(path));
}

/** Removes a file, or with `recursive` a folder with all that is in it; fine if there is none. A link is removed itself. */
export async function removeIfPresent(path: string, options: Deno.RemoveOptions = {}): Promise<void> {
  await unlessMissing(() => whileInUse(() => Deno.remove(path, options)));
}
