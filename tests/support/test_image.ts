import { join } from "node:path";
import type { DockerClient } from "./docker_client.ts";
import { runChecked } from "./run_command.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";
import { openTestRootfs } from "./test_rootfs.ts";

/** The image that the cases use: busybox alone, since no registry may be in reach. */
export const TEST_IMAGE = "windlass-test/busybox:1";

/** Puts {@linkcode TEST_IMAGE} on the engine, made of the static busybox in the engine distro. */
export async function importTestImage(docker: DockerClient): Promise<void> {
  await using folder = await openTemporaryFolder("windlass-image");
  const tar = join(folder.path, "image.tar");
  await writeTestImageFiles(tar);
  const changes = ["--change", 'CMD ["sh"]', "--change", "ENV PATH=/bin"];
  // The client may be in a place that does not see the file.
  await docker.run(["import", ...changes, "-", TEST_IMAGE], { stdin: await Deno.readFile(tar) });
}

/** Writes the files of {@linkcode TEST_IMAGE} as a tar: its only layer. */
export async function writeTestImageFiles(tar: string): Promise<void> {
  await using folder = await openTemporaryFolder("windlass-image");
  const root = join(folder.path, "root");
  for (const name of ["bin", "etc", "tmp", "root"]) await Deno.mkdir(join(root, name), { recursive: true });
  await Deno.chmod(join(root, "tmp"), 0o1777);
  const busybox = join(root, "bin/busybox");
  await Deno.copyFile(join(await openTestRootfs(), "usr/bin/busybox"), busybox);
  const applets = (await runChecked([busybox, "--list"])).stdout.trim().split("\n");
  for (const applet of applets.filter((applet) => applet !== "busybox")) {
    await Deno.symlink("busybox", join(root, "bin", applet));
  }
  await Deno.writeTextFile(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  await Deno.writeTextFile(join(root, "etc/group"), "root:x:0:\n");
  await runChecked(["tar", "--create", "--file", tar, "--directory", root, "--owner=0", "--group=0", "."]);
}
