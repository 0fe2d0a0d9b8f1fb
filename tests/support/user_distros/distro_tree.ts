import { runChecked } from "../run_command.ts";
import type { UserDistro } from "./user_distro.ts";

/** As {@linkcode filesOf}, of a distro that is stopped for it. */
export async function treeOf(distro: UserDistro): Promise<string[]> {
  await distro.terminate();
  return await filesOf(distro);
}

/** Kind, mode, owners, target or content of every file on the distro's disk. */
export async function filesOf(distro: UserDistro): Promise<string[]> {
  const list = "find . -printf '%p %y %m %U %G %l\\n'; find . -type f -print0 | xargs -0 sha256sum";
  const { stdout } = await runChecked(["sh", "-c", list], { cwd: distro.files });
  return stdout.split("\n").sort();
}
