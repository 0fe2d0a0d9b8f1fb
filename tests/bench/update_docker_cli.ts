import { join } from "node:path";
import { cachePath } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";
import { parseLock } from "../windows/support/go_programs.ts";
import { openGo } from "../windows/support/go_toolchain.ts";

/** A Docker CLI and the next patch release of it, built alike; paths. */
export interface PatchedDockerCli {
  readonly before: string;
  readonly after: string;
}

/** What the patch changes: in this many files one error message becomes longer. */
const PATCHED_FILES = 15;
const UNPATCHED = "if err != nil {\n\t\treturn err\n\t}";
const PATCHED = 'if err != nil {\n\t\terr = fmt.Errorf("patched: %w", err)\n\t\treturn err\n\t}';
const BUILD_MILLISECONDS = 30 * 60_000;

/** Builds the CLI that the tests pin, for Linux as Debian does, and a second time with changes as a patch release has; once. */
export async function openPatchedDockerCli(): Promise<PatchedDockerCli> {
  const folder = cachePath("update-bench", "docker-cli");
  const paths = { before: join(folder, "before"), after: join(folder, "after") };
  if (await Deno.stat(paths.after).then(() => true, () => false)) return paths;
  const line = parseLock(
    await Deno.readTextFile(new URL("../windows/support/go_programs.lock", import.meta.url)),
  ).find(({ program }) => program === "docker.exe");
  if (line === undefined) throw new Error("Cannot build the Docker CLI: go_programs.lock does not have it");
  const go = await openGo();
  const work = join(folder, "work");
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(work, { recursive: true });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(work, { recursive: true }));
  const env = {
    GOPATH: join(work, "path"),
    GOCACHE: join(work, "cache"),
    GOENV: "off",
    GOFLAGS: "-modcacherw",
    GOTOOLCHAIN: "local",
    GONOSUMDB: "*", // the hash is compared below; other modules have theirs beside the requirements
  };
  const options = { env, cwd: work, deadlineMilliseconds: BUILD_MILLISECONDS };
  const wanted = `${line.module}@${line.version}`;
  const downloaded = await runChecked([go, "mod", "download", "-json", wanted], options);
  const { Dir, Sum } = JSON.parse(downloaded.stdout);
  if (Sum !== line.hash) throw new Error(`Cannot use ${wanted}: its hash is ${Sum}, expected ${line.hash}`);
  const source = join(work, "source");
  await runChecked(["cp", "-r", Dir, source]);
  await Deno.rename(join(source, line.requirements), join(source, "go.mod"));
  await Deno.rename(join(source, line.requirements.replace(/mod$/, "sum")), join(source, "go.sum"));
  const build = (version: string, target: string) =>
    runChecked([
      go,
      "build",
      "-trimpath",
      "-buildvcs=false",
      "-buildmode=pie",
      `-ldflags=-s -w -X github.com/docker/cli/cli/version.Version=${version}`,
      "-o",
      target,
      line.package,
    ], {
      ...options,
      cwd: source,
      env: { ...env, GOFLAGS: "-modcacherw -mod=readonly", CGO_ENABLED: "0", GOOS: "linux", GOARCH: "amd64" },
    });
  await build("28.5.2", paths.before);
  await patchSources(join(source, "cli", "command"));
  await build("28.5.3", `${paths.after}.partial`);
  await Deno.rename(`${paths.after}.partial`, paths.after);
  return paths;
}

async function patchSources(folder: string): Promise<void> {
  let left = PATCHED_FILES;
  for await (const path of goFiles(folder)) {
    const text = await Deno.readTextFile(path);
    if (left === 0 || !text.includes(UNPATCHED) || !text.includes('"fmt"')) continue;
    await Deno.writeTextFile(path, text.replace(UNPATCHED, PATCHED));
    left--;
  }
  if (left > 0) {
    throw new Error(`Cannot patch the Docker CLI: ${left} files too few have the lines to change`);
  }
}

async function* goFiles(folder: string): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  for (const { name, isDirectory } of entries.sort((one, other) => one.name < other.name ? -1 : 1)) {
    if (isDirectory) yield* goFiles(`${folder}/${name}`);
    else if (name.endsWith(".go") && !name.endsWith("_test.go")) yield `${folder}/${name}`;
  }
}
