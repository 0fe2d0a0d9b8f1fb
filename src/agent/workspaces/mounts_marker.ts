import { unlessMissing } from "../../errors/unless_missing.ts";
import { DATA_FOLDER } from "../engine/dockerd_arguments.ts";

/** In the data folder: exists once some container may have files of a workspace. Without it, no start looks for any. */
const MARKER = `${DATA_FOLDER}/workspace-mounts`;

/** Whether a start of dockerd must look for containers that need files of workspaces. */
export async function mayNeedRoots(): Promise<boolean> {
  return await unlessMissing(() => Deno.lstat(MARKER)) !== undefined;
}

export async function markMounts(): Promise<void> {
  await Deno.writeTextFile(MARKER, "");
}

export async function unmarkMounts(): Promise<void> {
  await unlessMissing(() => Deno.remove(MARKER));
}
