import { filesBelow } from "../files_below.ts";
import type { TestSuite } from "./test_suites.ts";

/** A test file that waits for its turn. */
export interface TestFile {
  readonly suite: string;
  readonly path: string;
  /** No two files with a lock in common run at the same time; {@linkcode QUIET} excludes all others. */
  readonly locks: readonly string[];
  /** Files of its suite that may run at the same time. */
  readonly atOnce: number;
  /** How long it is expected to take. */
  readonly seconds: number;
}

/** The lock of a file that measures time or fills the machine: nothing else runs beside it. */
export const QUIET = "quiet";

/** For a file that was never measured: it starts before the short ones, in case it is long. */
const UNKNOWN_SECONDS = 30;

const LOCK_LINE = /^\/\/ lock: (.+)$/gm;

/** The names in the lines `// lock: NAME, NAME` of a file's text. Pure. */
export function locksOf(text: string): string[] {
  return [...text.matchAll(LOCK_LINE)].flatMap(([, names]) => names!.split(",").map((name) => name.trim()));
}

/** All test files of the suites. */
export async function testFilesOf(
  suites: readonly TestSuite[],
  expected: Readonly<Record<string, number>>,
): Promise<TestFile[]> {
  const files: TestFile[] = [];
  for (const { name, commands, folders = [], files: chosen, atOnce = Infinity } of suites) {
    if (commands !== undefined) continue;
    const paths = chosen ?? (await Promise.all(folders.map(testFilesBelow))).flat();
    for (const path of paths) {
      const locks = locksOf(await Deno.readTextFile(path));
      files.push({ suite: name, path, locks, atOnce, seconds: expected[path] ?? UNKNOWN_SECONDS });
    }
  }
  return files;
}

/** The paths of all `*_test.ts` below a folder, sorted. */
async function testFilesBelow(folder: string): Promise<string[]> {
  const paths = await Array.fromAsync(filesBelow(folder));
  return paths.filter((path) => path.endsWith("_test.ts")).sort();
}
