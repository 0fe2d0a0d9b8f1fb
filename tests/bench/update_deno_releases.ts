import { join } from "node:path";
import { cachePath } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";

/** Two releases of Deno that follow each other; paths of the programs. */
export interface DenoPair {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** Which executable carries it. */
  readonly platform: "linux" | "windows";
}

/** For Linux a second pair: 2.9.5 was made with another compiler than 2.9.4. */
const PAIRS = [
  { platform: "windows", package: "@deno/win32-x64", file: "deno.exe", before: "2.9.4", after: "2.9.5" },
  { platform: "linux", package: "@deno/linux-x64-glibc", file: "deno", before: "2.9.4", after: "2.9.5" },
  { platform: "linux", package: "@deno/linux-x64-glibc", file: "deno", before: "2.9.5", after: "2.9.6" },
] as const;

/** Gets the releases from npm, once; npm checks what it downloads against its registry's hashes. */
export async function openDenoReleases(): Promise<readonly DenoPair[]> {
  const pairs: DenoPair[] = [];
  for (const pair of PAIRS) {
    pairs.push({
      name: `Deno ${pair.before} to ${pair.after} for ${pair.platform === "linux" ? "Linux" : "Windows"}`,
      before: await openProgram(pair.package, pair.before, pair.file),
      after: await openProgram(pair.package, pair.after, pair.file),
      platform: pair.platform,
    });
  }
  return pairs;
}

async function openProgram(name: string, version: string, file: string): Promise<string> {
  const folder = cachePath("update-bench", `deno-${name.replace(/^.*\//, "")}-${version}`);
  const program = join(folder, file);
  if (await Deno.stat(program).then(() => true, () => false)) return program;
  const work = `${folder}.partial`;
  await Deno.remove(work, { recursive: true }).catch(() => {}); // of a run that was killed
  await Deno.mkdir(work, { recursive: true });
  const { stdout } = await runChecked(["npm", "pack", "--silent", `${name}@${version}`], { cwd: work });
  await runChecked([
    "tar",
    "-xzf",
    stdout.trim().split("\n").at(-1)!,
    "--strip-components=1",
    `package/${file}`,
  ], { cwd: work });
  await Deno.rename(work, folder);
  return program;
}
