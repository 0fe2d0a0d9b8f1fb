import { createHash } from "node:crypto";
import { join } from "node:path";
import { runChecked } from "../../support/run_command.ts";
import { openGo } from "./go_toolchain.ts";
import { buildOnce } from "../../support/build_once.ts";
import { wineCache } from "./wine_root.ts";

/** A line of go_programs.lock. */
interface GoProgram {
  readonly program: string;
  readonly module: string;
  readonly version: string;
  /** What go.sum states of the module. */
  readonly hash: string;
  readonly package: string;
  /** Names the modules that it is made of. */
  readonly requirements: string;
}

/** Compose alone takes minutes on a small machine. */
const BUILD_MILLISECONDS = 30 * 60_000;

/**
 * Builds a program of go_programs.lock for Windows on the first call on a machine, and returns where it is. Its
 * module is checked against the lock, all others by go against the module's own list of hashes.
 */
export async function openGoProgram(name: string): Promise<string> {
  const line = parseLock(await Deno.readTextFile(join(import.meta.dirname!, "go_programs.lock")))
    .find(({ program }) => program === name);
  if (line === undefined) throw new Error(`Cannot build '${name}': go_programs.lock does not have it`);
  const version = createHash("sha256").update(JSON.stringify(line)).digest("hex").slice(0, 12);
  const path = wineCache(`${version}-${name}`);
  await buildOnce(path, (partial) => build(line, partial));
  return path;
}

/** Reads the lock; lines that begin with # are comments. Pure. */
export function parseLock(text: string): GoProgram[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const words = line.split(" ");
    if (words.length !== 6) throw new Error(`Cannot read go_programs.lock: '${line}' has no 6 words`);
    const [program, module, version, hash, path, requirements] = words as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    return { program, module, version, hash, package: path, requirements };
  });
}

async function build(program: GoProgram, target: string): Promise<void> {
  console.error(`Building ${program.program} from ${program.module}@${program.version} (once)`);
  const go = await openGo();
  const work = `${target}.work`;
  const removeWork = () => Deno.remove(work, { recursive: true }).catch(() => {});
  await removeWork(); // of a build that was killed
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(removeWork);
  await Deno.mkdir(work, { recursive: true });
  const env = {
    GOPATH: join(work, "path"),
    GOCACHE: join(work, "cache"),
    GOENV: "off",
    GOFLAGS: "-modcacherw",
    GOTOOLCHAIN: "local",
    // The hash of the lock is compared below; all other modules have theirs in the list beside the requirements.
    GONOSUMDB: "*",
  };
  const options = { env, cwd: work, deadlineMilliseconds: BUILD_MILLISECONDS };
  const wanted = `${program.module}@${program.version}`;
  const { Dir: folder, Sum: hash } = JSON.parse(
    (await runChecked([go, "mod", "download", "-json", wanted], options)).stdout,
  );
  if (hash !== program.hash) {
    throw new Error(`Cannot use ${wanted}: its hash is ${hash}, expected ${program.hash}`);
  }

  const source = join(work, "source");
  await runChecked(["cp", "-r", folder, source]);
  if (program.requirements !== "go.mod") {
    await Deno.rename(join(source, program.requirements), join(source, "go.mod"));
    await Deno.rename(join(source, program.requirements.replace(/mod$/, "sum")), join(source, "go.sum"));
  }
  await runChecked([
    go,
    "build",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags=-s -w",
    "-o",
    target,
    program.package,
  ], {
    ...options,
    cwd: source,
    env: {
      ...env,
      GOFLAGS: "-modcacherw -mod=readonly",
      CGO_ENABLED: "0",
      GOOS: "windows",
      GOARCH: "amd64",
    },
  });
}
