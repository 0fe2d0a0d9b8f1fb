import { join } from "node:path";
import { buildTar, file, folder, type MemoryEntry, symlink } from "../../distro/tar_memory.ts";
import { cachePath, REPOSITORY } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";
import type { Wine } from "../windows/support/wine.ts";
import { WSL_FOLDER } from "../windows/wsl/stub/install_wsl.ts";

const RUNTIME = "opt/deno";
const LOADER = "lib64/ld-linux-x86-64.so.2";
/** Milliseconds for 130 MB through a stub of a busy machine. */
const IMPORT_MILLISECONDS = 120_000;
const FOLDERS = [
  "bin",
  "dev",
  "etc",
  "lib",
  "lib64",
  "mnt",
  "opt",
  "proc",
  "root",
  "run",
  "src",
  "sys",
  "tests",
  "tests/bench",
  "tmp",
];

/** Imports a distro that can run the peer of the measurements, and returns the command that does. */
export async function importPeerDistro(wine: Wine, name: string): Promise<readonly string[]> {
  const parent = join(wine.profile, "distros");
  await Deno.mkdir(parent, { recursive: true });
  const target = wine.toWindows(join(parent, name));
  const imported = await wine.run(
    { program: `${WSL_FOLDER}wsl.exe`, args: ["--import", name, target, "-", "--version", "2"] },
    { stdin: await peerDistro(), deadlineMilliseconds: IMPORT_MILLISECONDS },
  );
  if (imported.code !== 0) throw new Error(`Cannot import the distro of the peer: ${imported.stdout}`);
  return [
    `/${RUNTIME}`,
    "run",
    "-A",
    "--quiet",
    "--no-check",
    "--no-lock",
    "/tests/bench/named_pipe_peer.ts",
  ];
}

/** The runtime for Linux, what it is linked with, and our own sources. */
async function peerDistro(): Promise<Uint8Array<ArrayBuffer>> {
  const runtime = cachePath("deno-runtime", "linux-x64", "deno");
  return buildTar([
    ...FOLDERS.map((path) => folder(path)),
    file("bin/busybox", await Deno.readFile("/bin/busybox"), 0o755),
    symlink("bin/sh", "busybox"),
    file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
    file("etc/group", "root:x:0:\n"),
    file(RUNTIME, await Deno.readFile(runtime), 0o755),
    ...await libraries(runtime),
    ...await sources("src"),
    ...await Promise.all(
      ["named_pipe_peer.ts", "named_pipe_engine.ts"].map((name) => source(`tests/bench/${name}`)),
    ),
  ]);
}

async function libraries(program: string): Promise<MemoryEntry[]> {
  const { stdout } = await runChecked(["ldd", program]);
  const paths = [...stdout.matchAll(/=> (\/\S+)/g)].map((match) => match[1]!);
  const entries = paths.map(async (path) =>
    file(`lib/${path.split("/").at(-1)}`, await Deno.readFile(path), 0o755)
  );
  return [...await Promise.all(entries), file(LOADER, await Deno.readFile(`/${LOADER}`), 0o755)];
}

async function sources(path: string): Promise<MemoryEntry[]> {
  const found: MemoryEntry[] = [];
  for await (const entry of Deno.readDir(join(REPOSITORY, path))) {
    const inside = `${path}/${entry.name}`;
    if (entry.isDirectory) found.push(folder(inside), ...await sources(inside));
    else if (entry.name.endsWith(".ts") && !entry.name.endsWith("_test.ts")) found.push(await source(inside));
  }
  return found;
}

async function source(path: string): Promise<MemoryEntry> {
  return file(path, await Deno.readFile(join(REPOSITORY, path)));
}
