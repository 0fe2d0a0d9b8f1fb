import { WindlassError } from "../errors/windlass_error.ts";
import { mountPointsBelow } from "../platform/mount_points.ts";
import { removeIfPresent } from "./if_present.ts";

/**
 * Removes a folder with all that is in it; fine when there is none. Symbolic links are removed, not followed.
 *
 * @throws {WindlassError} `WL_FOLDER_IN_USE`, before anything is removed, when something is mounted in the
 * folder: the mount could lead to files of somebody else.
 */
export async function removeTree(folder: string): Promise<void> {
  const [mounted] = await mountPointsBelow(folder);
  if (mounted !== undefined) {
    throw new WindlassError("WL_FOLDER_IN_USE", `Cannot remove '${folder}': '${mounted}' is a mount point`);
  }
  await removeIfPresent(folder, { recursive: true });
}
