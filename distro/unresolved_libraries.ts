import { runProgram } from "./run_program.ts";

/** Where programs and libraries are. */
const FOLDERS = ["usr/bin", "usr/sbin", "usr/lib", "usr/libexec"];

/** First bytes of a program or library. */
const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/** The loader of the image, which knows where the image's libraries are. */
const LOADER = "/lib64/ld-linux-x86-64.so.2";

/**
 * Which libraries the programs and libraries of an unpacked image ask for and do not find, one line each:
 * `usr/bin/ssh: libgssapi_krb5.so.2 => not found`, or the loader's own sentence about the first one. Asks the image's own loader, which runs nothing. Needs root.
 */
export async function unresolvedLibraries(tree: string, signal?: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  for (const folder of FOLDERS) await collectElfFiles(tree, folder, files);
  // One shell for all of them: a chroot for each would take longer than the loader does.
  const script = `for file; do ${LOADER} --list "/$file" 2>&1 | while read -r line; do
    case "$line" in *"not found"* | *"cannot open shared object file"*) echo "$file: $line" ;; esac; done; done`;
  const output = await runProgram("chroot", [tree, "/bin/sh", "-c", script, "sh", ...files], { signal });
  return output.split("\n").filter((line) => line !== "");
}

async function collectElfFiles(tree: string, folder: string, files: string[]): Promise<void> {
  for await (const child of Deno.readDir(`${tree}/${folder}`)) {
    const path = `${folder}/${child.name}`;
    if (child.isDirectory) await collectElfFiles(tree, path, files);
    else if (child.isFile && await isElf(`${tree}/${path}`)) files.push(path);
  }
}

async function isElf(path: string): Promise<boolean> {
  using source = await Deno.open(path);
  const start = new Uint8Array(ELF_MAGIC.length);
  const count = await source.read(start);
  return count === ELF_MAGIC.length && ELF_MAGIC.every((byte, index) => start[index] === byte);
}
