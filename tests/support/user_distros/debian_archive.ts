import { buildOnce } from "../build_once.ts";
import { buildDebianSystem } from "../debian_system.ts";
import { cachePath } from "../repository.ts";

/** Another release than the engine distro's: what we share with it must run beside other libraries. */
const SUITE = "trixie";

/** What users have in their distros, as far as tests look at it. */
const PACKAGES = [
  "ca-certificates",
  "fish",
  "inotify-tools",
  "nodejs",
  "python3-docker",
  "systemd-standalone-tmpfiles", // systemd itself would be of no use: nothing of the tests is process 1
];

/** Part of the file's name: change it, and every machine builds it again. */
const RECIPE = 1;

/** Run in the new system: two users as Debian's installer makes them, with a password each. */
const USERS = ["me 1000", "other 1001"].map((user) => {
  const [name, id] = user.split(" ");
  return `--customize-hook=chroot "$1" useradd --create-home --uid ${id} --shell /bin/bash ${name}`;
});

/**
 * The archive of a Debian as users have it, with the users `me` (1000) and `other` (1001), built on the first call on a
 * machine and kept. The packages come from WINDLASS_DEBIAN_MIRROR, or from where apt gets its own.
 */
export async function openDebianArchive(): Promise<string> {
  const path = cachePath("user-distros", `${SUITE}-${RECIPE}.tar`);
  await buildOnce(path, build);
  return path;
}

async function build(partial: string): Promise<void> {
  console.error(`Building the archive of a user's Debian '${partial}' (once)`);
  await buildDebianSystem({
    suite: SUITE,
    packages: PACKAGES,
    format: "tar",
    options: USERS,
    output: partial,
  });
}
