import { affectedBy, importGraph, type SourceFile } from "./import_graph.ts";
import type { TestSuite } from "./test_suites.ts";

/** Sources of `dist/windlass` and `dist/windlass.exe`. */
const EXECUTABLE = ["scripts/build.ts", "src/main.ts", "src/agent/main.ts", "src/launcher/", "distro/"];

/** What files use without naming it in their text. A slash at the end stands for the whole folder. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  "tests/support/windlass_instance.ts": EXECUTABLE,
  "tests/windows/support/windows_instance.ts": EXECUTABLE,
  "tests/windows/executable/windows_executable.ts": EXECUTABLE,
  "tests/docker/docker_clients_test.ts": ["tests/docker/"],
  "tests/windows/docker/docker_exe_test.ts": ["tests/windows/docker/"],
  "tests/end_to_end/api/client_library_test.ts": ["mod.ts", "tests/end_to_end/api/client_project/"],
  "scripts/build/compile_helper.ts": ["src/wsl/linux/native/"],
  "scripts/build/compile_launcher.ts": ["src/launcher/"],
  "distro/build_image.ts": ["distro/"],
};

/** A change of one of these may affect every test. */
const AFFECTS_ALL = ["deno.json", "deno.lock", "scripts/bootstrap", "scripts/environment"];

/**
 * The suites with the test files that the changes since a revision can affect; without one, those that are not
 * committed. The gate always runs.
 *
 * @throws {Error} if git does not know the revision.
 */
export async function suitesForChanges(
  suites: readonly TestSuite[],
  revision = "HEAD",
): Promise<TestSuite[]> {
  const changed = [
    ...await git("diff", "--name-only", revision),
    ...await git("ls-files", "--others", "--exclude-standard"),
  ];
  if (changed.some((path) => AFFECTS_ALL.includes(path))) return [...suites];
  return suitesWith(suites, await testsAffectedBy(changed));
}

/** The test files of this checkout that reach one of the files. */
export async function testsAffectedBy(changed: readonly string[]): Promise<string[]> {
  const paths = await git("ls-files", "--cached", "--others", "--exclude-standard");
  const graph = importGraph(await Array.fromAsync(paths, readSource), EDGES);
  return [...affectedBy(graph, changed)].filter((path) => path.endsWith("_test.ts")).sort();
}

/** The suites that have some of the files, with only those. Pure. */
export function suitesWith(suites: readonly TestSuite[], testFiles: readonly string[]): TestSuite[] {
  const withFiles = suites.map((suite): TestSuite | undefined => {
    if (suite.name === "gate") return suite;
    const files = testFiles.filter((path) => suite.folders?.some((folder) => path.startsWith(`${folder}/`)));
    if (files.length === 0) return undefined;
    return suite.filesCommand
      ? { name: suite.name, commands: [[...suite.filesCommand, ...files]] }
      : { ...suite, files };
  });
  const builds = withFiles.some((suite) => suite?.files !== undefined);
  return suites.flatMap((suite, index) =>
    suite.name === "build" && builds ? [suite] : withFiles[index] ?? []
  );
}

async function readSource(path: string): Promise<SourceFile> {
  const isSource = /\.(?:ts|cjs|js)$/.test(path);
  return { path, text: isSource ? await Deno.readTextFile(path).catch(() => "") : "" }; // it may have been removed
}

async function git(...args: string[]): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command("git", { args }).output();
  if (!success) throw new Error(`Cannot find the changed files: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}
