import { filesBeneath, isExecutable } from "./input_key.ts";
import { buildSampleImages } from "./sample_image.ts";
import { runProgram } from "./run_program.ts";

/** What lies in the engine distro's own folder. */
export const SAMPLE_IMAGE_PATH = "usr/lib/windlass/images/sample.tar";

/** A busybox and the places where its applets belong. */
export interface Busybox {
  readonly program: Uint8Array;
  readonly applets: readonly string[];
}

/** Takes busybox out of an installed tree. */
export async function readBusybox(root: string, signal?: AbortSignal): Promise<Busybox> {
  const path = `${root}/usr/bin/busybox`;
  const list = await runProgram(path, ["--list-full"], { signal });
  const applets = list.split("\n").filter((line) => line !== "").sort();
  return { program: await Deno.readFile(path), applets };
}

/**
 * Puts the files of `overlay` and the sample image over an installed tree. Of a file's permissions only the
 * executable bit counts, since that is all that a checkout keeps.
 */
export async function overlayTree(root: string, recipe: string, busybox: Busybox): Promise<void> {
  const overlay = `${recipe}/overlay`;
  for (const path of await filesBeneath(overlay)) {
    const mode = await isExecutable(`${overlay}/${path}`) ? 0o755 : 0o644;
    await writeFile(root, path, await Deno.readFile(`${overlay}/${path}`), mode);
  }
  const { program, applets } = busybox;
  const hello = await Deno.readFile(`${recipe}/sample/hello`);
  await writeFile(root, SAMPLE_IMAGE_PATH, buildSampleImages({ busybox: program, applets, hello }), 0o644);
}

async function writeFile(root: string, path: string, content: Uint8Array, mode: number): Promise<void> {
  const target = `${root}/${path}`;
  const folders = path.split("/").slice(0, -1);
  for (const [index] of folders.entries()) {
    await ensureFolder(`${root}/${folders.slice(0, index + 1).join("/")}`);
  }
  await Deno.writeFile(target, content);
  await Deno.chmod(target, mode); // whatever the umask of the build
}

async function ensureFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path);
    await Deno.chmod(path, 0o755);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists)) throw cause;
  }
}
