import { resolve } from "node:path";
import { hostPathOfWindowsPath } from "./guest_environment.ts";
import type { StatePaths } from "./state_paths.ts";

/** The absolute path on the host of an argument that names one, in the form of the host or of Windows. */
export function hostPath(path: string, { driveC }: Pick<StatePaths, "driveC">): string {
  return hostPathOfWindowsPath(path, driveC) ?? resolve(path);
}
