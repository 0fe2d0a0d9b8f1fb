import { join } from "node:path";
import { buildTar, file, folder, symlink } from "../../../../distro/tar_memory.ts";
import type { CommandResult } from "../../../support/run_command.ts";
import type { Wine } from "../../support/wine.ts";
import { WSL_FOLDER } from "./install_wsl.ts";

/** A static busybox and what a distro needs to start, as tar. */
async function smallDistro(): Promise<Uint8Array<ArrayBuffer>> {
  return buildTar([
    ...["bin", "dev", "etc", "mnt", "proc", "root", "run", "sys", "tmp"].map((name) => folder(name)),
    file("bin/busybox", await Deno.readFile("/bin/busybox"), 0o755),
    ...["sh", "cat", "ls", "sleep"].map((name) => symlink(`bin/${name}`, "busybox")),
    file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
    file("etc/group", "root:x:0:\n"),
  ]);
}

/** Imports a distro of one busybox through `wsl.exe` of a prefix, into the folder `distros` of the user's profile. */
export async function importSmallDistro(wine: Wine, name: string): Promise<CommandResult> {
  const parent = join(wine.profile, "distros");
  await Deno.mkdir(parent, { recursive: true });
  return await wine.run({
    program: `${WSL_FOLDER}wsl.exe`,
    args: ["--import", name, wine.toWindows(join(parent, name)), "-", "--version", "2"],
    environment: { WSL_UTF8: "1" },
  }, { stdin: await smallDistro() });
}
