import { buildTar, file, folder, symlink } from "../../distro/tar_memory.ts";
import { runChecked } from "./run_command.ts";

/** Where a statically linked busybox is on Debian, from the package busybox-static. */
const BUSYBOX = "/bin/busybox";
const APPLETS = ["sh", "ls", "cat", "mkdir", "sleep", "sync"];

/** Bytes of noise in an engine archive, so that its import takes long enough to be killed in the middle. */
export const ENGINE_NOISE_BYTES = 24 * 1024 * 1024;

/** What the engine distro of an archive says when it is tried out. */
export interface SmallRehearsal {
  readonly programs: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

const FIT: SmallRehearsal = { programs: { dockerd: "29.0.1" }, problems: [] };

/** Writes an archive with the files that src/provisioning/ looks for, and whose content is identified by `id`. */
export async function writeEngineArchive(path: string, id: string, rehearsal = FIT): Promise<void> {
  const noise = new Uint8Array(ENGINE_NOISE_BYTES);
  for (let offset = 0; offset < noise.length; offset += 65_536) {
    crypto.getRandomValues(noise.subarray(offset, offset + 65_536));
  }
  await writeCompressed(path, [
    ...await busyboxEntries(),
    file("etc/content", id),
    folder("usr"),
    folder("usr/lib"),
    file("usr/lib/noise", noise),
    folder("usr/lib/windlass"),
    file("usr/lib/windlass/rehearse", `#!/bin/sh\necho '${JSON.stringify(rehearsal)}'\n`, 0o755),
    file("usr/lib/windlass/agent.js", `// ${id}\n`),
  ]);
}

/** Writes the archive of a data distro. */
export async function writeDataArchive(path: string): Promise<void> {
  await writeCompressed(path, [
    ...await busyboxEntries(),
    ...["usr", "usr/lib", "usr/lib/windlass", "var", "var/lib", "var/lib/windlass"].map((name) =>
      folder(name)
    ),
    file("usr/lib/windlass/share-data", "#!/bin/sh\n", 0o755),
  ]);
}

/** The archive of a distro as a user may have one: without bash, systemd and a C library. */
export async function smallUserDistro(): Promise<Uint8Array> {
  const more = ["stat", "touch", "wc"].map((name) => symlink(`bin/${name}`, "busybox"));
  return buildTar([...await busyboxEntries(), ...more]);
}

/** Writes an archive without `/etc` and `/bin/sh`. */
export async function writeArchiveOfNoDistro(path: string): Promise<void> {
  await writeCompressed(path, [folder("home"), file("home/thesis.txt", "not a distro\n")]);
}

async function busyboxEntries() {
  return [
    ...["bin", "dev", "etc", "mnt", "proc", "root", "run", "sys", "tmp"].map((name) => folder(name)),
    file("bin/busybox", await Deno.readFile(BUSYBOX), 0o755),
    ...APPLETS.map((name) => symlink(`bin/${name}`, "busybox")),
    file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
    file("etc/group", "root:x:0:\n"),
    file("etc/wsl.conf", "[interop]\nenabled=false\nappendWindowsPath=false\n[automount]\nenabled=false\n"),
  ];
}

async function writeCompressed(path: string, entries: Parameters<typeof buildTar>[0]): Promise<void> {
  await Deno.writeFile(`${path}.tar`, buildTar(entries));
  await runChecked(["zstd", "-q", "-f", "-1", "--rm", `${path}.tar`, "-o", path]);
}
