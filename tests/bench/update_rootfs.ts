import { join } from "node:path";
import { IMAGE_FILES } from "../../distro/image_record.ts";
import { GO_PROGRAMS } from "../../distro/slim_rules.ts";
import { writeTreeArchive } from "../../distro/tree_archive.ts";
import { cachePath } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";
import { upgradePackages } from "./update_debian_packages.ts";
import { openPatchedDockerCli } from "./update_docker_cli.ts";

/** The engine's root file system in three versions; paths of archives. */
export interface RootfsVersions {
  readonly base: string;
  /** With a patch release of the Docker CLI. */
  readonly patched: string;
  /** With that and newer packages of Debian. */
  readonly upgraded: string;
  /** How many of them. */
  readonly packages: number;
}

/**
 * Makes the archives in `work`, as the image is made. In all of them the Docker CLI is one that we have built ourselves, since a
 * patch of Debian's cannot be had with its toolchain.
 */
export async function makeRootfsVersions(work: string): Promise<RootfsVersions> {
  const cli = await openPatchedDockerCli();
  const tree = join(work, "tree");
  await Deno.mkdir(tree);
  await runChecked(["tar", "-xpf", cachePath("image", IMAGE_FILES.rootfs), "-C", tree, "--numeric-owner"]);
  const archive = async (name: string, program: string) => {
    await runChecked(["cp", "--", program, join(tree, "usr/bin/docker")]);
    await writeTreeArchive(tree, join(work, name), { last: GO_PROGRAMS });
    return join(work, name);
  };
  const base = await archive("base.tar", cli.before);
  const patched = await archive("patched.tar", cli.after);
  const packages = await upgradePackages(tree);
  const upgraded = await archive("upgraded.tar", cli.after);
  await Deno.remove(tree, { recursive: true });
  return { base, patched, upgraded, packages };
}
