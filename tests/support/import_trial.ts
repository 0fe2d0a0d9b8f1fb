import assert from "node:assert/strict";
import { join } from "node:path";
import type { ImportProcessOptions } from "../end_to_end/distro/fixtures/import_process.ts";
import type { LinuxWsl } from "./linux_wsl.ts";
import { REPOSITORY } from "./repository.ts";
import { writeDataArchive, writeEngineArchive } from "./small_distros.ts";
import { killIfRunning } from "./kill_if_running.ts";

const PROCESS = join(REPOSITORY, "tests/end_to_end/distro/fixtures/import_process.ts");

/** Contents of engines, `A` and so on, and a data distro, made once for all tests of a file. */
export interface Archives extends AsyncDisposable {
  readonly folder: string;
}

/** Writes an archive for each content, and that of the data distro. */
export async function writeArchives(ids: readonly string[]): Promise<Archives> {
  const folder = await Deno.makeTempDir({ prefix: "windlass-archives-" });
  for (const id of ids) await writeEngineArchive(join(folder, id), id);
  await writeDataArchive(join(folder, "data"));
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

/** The options of a process that works on the distros of that machine. */
export function optionsFor(machine: LinuxWsl, archives: Archives, id: string): ImportProcessOptions {
  return {
    home: machine.home,
    wsl: machine.options,
    engine: { id, archive: join(archives.folder, id) },
    dataArchive: join(archives.folder, "data"),
  };
}

/** Does the work in a process of its own and kills that at a point; returns the point, or `null` after the last. */
export async function killAt(options: ImportProcessOptions, stopAt: number): Promise<string | null> {
  const child = startProcess({ ...options, stopAt });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  if (value !== undefined) child.kill("SIGKILL");
  await reader.cancel();
  const { code } = await child.status;
  if (value === undefined) assert.equal(code, 0, "the work failed by itself");
  return value === undefined ? null : new TextDecoder().decode(value).trim();
}

/** Does the work in a process of its own and kills that after a time, wherever it is then; whether it was in time. */
export async function killAfter(options: ImportProcessOptions, milliseconds: number): Promise<boolean> {
  const child = startProcess(options);
  const timer = setTimeout(() => killIfRunning(child), milliseconds);
  await child.stdout.cancel();
  const { signal } = await child.status;
  clearTimeout(timer);
  return signal === "SIGKILL";
}

/** A file of a distro, as text. */
export async function readIn({ wsl }: LinuxWsl, distro: string, path: string): Promise<string> {
  return (await wsl.run({ distro, argv: ["/bin/cat", path] })).stdout;
}

function startProcess(options: ImportProcessOptions) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", PROCESS, JSON.stringify(options)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}
