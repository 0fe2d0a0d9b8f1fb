import { buildTar, file, folder, symlink } from "../../../distro/tar_memory.ts";
import { runChecked } from "../run_command.ts";

/** Where a statically linked busybox is on Debian, from the package busybox-static. */
const BUSYBOX = "/bin/busybox";

/** Folders of a system that has no /usr/local and no /etc/profile.d. */
const FOLDERS = [
  "bin",
  "dev",
  "etc",
  "home",
  "home/me",
  "mnt",
  "proc",
  "root",
  "run",
  "sbin",
  "sys",
  "tmp",
  "usr",
];

const PASSWD = `root:x:0:0:root:/root:/bin/sh
me:x:1000:1000:me:/home/me:/bin/sh
other:x:1001:1001:other:/home/other:/bin/sh
`;

/** Writes the archive of a distro with busybox alone: no libc, no bash, no package manager. The users are as in the Debian one. */
export async function writeBusyboxArchive(path: string): Promise<void> {
  const applets = (await runChecked([BUSYBOX, "--list"])).stdout.trim().split("\n");
  const entries = [
    ...FOLDERS.map((name) => folder(name, name === "tmp" ? 0o1777 : 0o755)),
    folder("usr/bin"),
    folder("var"),
    folder("var/lib"),
    symlink("var/run", "/run"),
    file("bin/busybox", await Deno.readFile(BUSYBOX), 0o755),
    ...applets.filter((name) => name !== "busybox").map((name) => symlink(`bin/${name}`, "busybox")),
    file("etc/passwd", PASSWD),
    file("etc/group", "root:x:0:\nme:x:1000:\nother:x:1001:\n"),
    file("etc/shells", "/bin/sh\n"),
  ];
  await Deno.writeFile(path, buildTar(entries));
}
