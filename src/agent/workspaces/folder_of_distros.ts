import { rootSocketsFolder } from "../protocol/distro_paths.ts";
import { mountPoints } from "./mount_points.ts";
import { type RunProgram, runProgram } from "./run_program.ts";
import { unlessMissing } from "../../errors/unless_missing.ts";

/** What the shared folder is made of and with; replaced in tests. */
export interface SharedFolderSource {
  readonly run: RunProgram;
  /** As /proc/self/mountinfo. */
  readonly mounts: () => Promise<string>;
  /** The programs that every distro gets to see. */
  readonly programs: string;
  /** A folder that no other distro sees. */
  readonly stage: string;
}

const THIS_DISTRO: SharedFolderSource = {
  run: runProgram,
  mounts: () => Deno.readTextFile("/proc/self/mountinfo"),
  programs: "/usr",
  stage: "/run/windlass/usr",
};

/** Others may enter a folder whose name they know, and list none. */
const ENTERED = 0o711;
const OURS_ALONE = 0o700;

/**
 * Makes the folder that all distros see. Whatever has its name is removed first: it is of a predecessor that was killed,
 * or of somebody else, since any user of any distro may make folders there.
 */
export async function makeSharedFolder(folder: string, source = THIS_DISTRO): Promise<void> {
  const { run, programs, stage } = source;
  await removeSharedFolder(folder, source);
  await Deno.mkdir(folder, { mode: ENTERED }); // fails if somebody was quicker
  await Deno.chmod(folder, ENTERED); // whatever the umask is
  await Deno.mkdir(rootSocketsFolder(folder), { mode: OURS_ALONE });
  await Deno.mkdir(`${folder}/usr`, { mode: ENTERED });
  await Deno.mkdir(stage, { recursive: true });
  // Other distros get copies of the mount as it is when it is made: it must be read-only and private by then.
  await run("mount", "--bind", programs, stage);
  try {
    await run("mount", "--make-private", stage);
    await run("mount", "-o", "remount,bind,ro", stage);
    await run("mount", "--bind", stage, `${folder}/usr`);
  } finally {
    await run("umount", "-l", stage);
  }
}

/**
 * Takes the folder away, with all that is mounted below it, in every distro. Programs that were started from it are not affected. Does
 * nothing if there is none.
 *
 * @throws {Deno.errors.Busy} if something stays mounted there: then nothing is removed.
 */
export async function removeSharedFolder(
  folder: string,
  { run, mounts }: Pick<SharedFolderSource, "run" | "mounts"> = THIS_DISTRO,
): Promise<void> {
  if (await unlessMissing(() => Deno.lstat(folder)) === undefined) return;
  for (const point of mountPoints(await mounts(), folder)) {
    await run("umount", "-l", point).catch(() => {}); // what matters is what is left, which the next lines see
  }
  const [left] = mountPoints(await mounts(), folder);
  if (left !== undefined) throw new Deno.errors.Busy(`something is still mounted at '${left}'`);
  await unlessMissing(() => Deno.remove(folder, { recursive: true }));
}
