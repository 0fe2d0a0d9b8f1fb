import { join } from "node:path";
import { cachePath } from "./repository.ts";
import { runChecked } from "./run_command.ts";

/**
 * The engine distro's root file system as a folder, never to be written to. `WINDLASS_TEST_ROOTFS` names a
 * folder or a tar to use; without it, the tar that `deno task image` makes, unpacked once per version of it.
 */
export async function openTestRootfs(): Promise<string> {
  const source = Deno.env.get("WINDLASS_TEST_ROOTFS") ?? cachePath("image", "rootfs.tar");
  const state = await Deno.stat(source).catch(() => undefined);
  if (!state) {
    throw new Error(`Cannot open the root file system: '${source}' is missing: run 'deno task image'`);
  }
  if (state.isDirectory) return source;
  return await unpackOnce(source, `${state.size}-${state.mtime?.getTime() ?? 0}`);
}

async function unpackOnce(tar: string, version: string): Promise<string> {
  const parent = cachePath("test-rootfs");
  const folder = join(parent, version);
  if (await exists(folder)) return folder;
  await Deno.mkdir(parent, { recursive: true });
  const partial = await Deno.makeTempDir({ dir: parent, prefix: "partial-" });
  await runChecked([
    "tar",
    "--extract",
    "--file",
    tar,
    "--directory",
    partial,
    "--numeric-owner",
    "--xattrs",
  ]);
  await Deno.chmod(partial, 0o755);
  // The first one wins: the other copy is the same and is removed.
  await Deno.rename(partial, folder).catch(() => Deno.remove(partial, { recursive: true }));
  return folder;
}

/** Whether something is at the path. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
