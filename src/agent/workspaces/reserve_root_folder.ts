import { WORKSPACES_FOLDER } from "../protocol/distro_paths.ts";

/**
 * Puts an empty file where the file trees of workspaces will appear, unless that path exists already: dockerd makes a
 * folder for a source that is missing, and can make none below a file. Costs no process, so every start of dockerd can
 * do it.
 */
export function reserveRootFolder(folder = WORKSPACES_FOLDER): void {
  try {
    Deno.writeTextFileSync(folder, "", { createNew: true, mode: 0o400 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
