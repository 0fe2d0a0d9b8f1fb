import { join } from "node:path";
import { bundleForNode } from "../node_bundle.ts";
import { buildOnce } from "../build_once.ts";
import { cachePath, REPOSITORY } from "../repository.ts";
import { runChecked } from "../run_command.ts";
import { openTemporaryFolder } from "../temporary_folder.ts";
import { exists } from "../test_rootfs.ts";
import { openGo } from "../../windows/support/go_toolchain.ts";
import type { UserDistro } from "./user_distro.ts";

/** The folder of a distro that test clients are put into. */
export const CLIENT_FOLDER = "/opt/clients";

/** Milliseconds for a build with downloads from the module proxy, and of the standard library; it takes seconds. */
const GO_BUILD_MILLISECONDS = 900_000;

const DEV_CONTAINER_CLI = join(REPOSITORY, "tests/docker/dev_container_cli.ts");

/** Puts a program of the tests that runs under Node.js into a distro, and returns its path in the distro. */
export async function putNodeProgram(distro: UserDistro, source: string, name: string): Promise<string> {
  const bundle = await bundleForNode(join(REPOSITORY, source), name);
  return await put(distro, bundle, `${name}.mjs`);
}

/** Puts the command line of dev containers into a distro, for its Node.js, and returns its path in the distro. */
export async function putDevContainerCli(distro: UserDistro): Promise<string> {
  const source = await packageFolder(DEV_CONTAINER_CLI, "@devcontainers/cli");
  await put(distro, source, "dev_container_cli");
  return `${CLIENT_FOLDER}/dev_container_cli/devcontainer.js`;
}

/** Puts the watcher in Go into a distro: a static program, whose modules its go.sum locks. */
export async function putGoWatcher(distro: UserDistro): Promise<string> {
  const folder = join(REPOSITORY, "tests/end_to_end/workspaces/go_watcher");
  const program = cachePath("test-clients", "go_watcher");
  await buildOnce(program, async (partial) => {
    const go = await openGo();
    await using work = await openTemporaryFolder("windlass-go");
    // Nothing of the user's settings and caches counts, and none is needed. Git may refuse a checkout of another user.
    await runChecked([go, "build", "-C", folder, "-trimpath", "-buildvcs=false", "-o", partial, "."], {
      deadlineMilliseconds: GO_BUILD_MILLISECONDS,
      env: {
        CGO_ENABLED: "0",
        GOCACHE: join(work.path, "cache"),
        GOENV: "off",
        GOFLAGS: "-mod=readonly -modcacherw",
        GOPATH: join(work.path, "path"),
        GOTOOLCHAIN: "local",
        GOWORK: "off",
      },
    });
  });
  return await put(distro, program, "go_watcher");
}

async function put(distro: UserDistro, source: string, name: string): Promise<string> {
  const folder = join(distro.files, CLIENT_FOLDER);
  await Deno.mkdir(folder, { recursive: true });
  await runChecked(["cp", "--recursive", "--dereference", source, join(folder, name)]);
  await runChecked(["chmod", "--recursive", "a+rX", folder]);
  return `${CLIENT_FOLDER}/${name}`;
}

/** The folder in which Deno keeps an npm package that a program of the tests imports. */
async function packageFolder(program: string, name: string): Promise<string> {
  await runChecked([Deno.execPath(), "cache", program]);
  const { stdout } = await runChecked([Deno.execPath(), "info", "--json", program]);
  const { npmPackages } = JSON.parse(stdout) as {
    npmPackages: Record<string, { name: string; version: string }>;
  };
  const found = Object.values(npmPackages).find((each) => each.name === name);
  const { npmCache } = JSON.parse((await runChecked([Deno.execPath(), "info", "--json"])).stdout) as {
    npmCache: string;
  };
  for await (const registry of Deno.readDir(npmCache)) {
    const folder = join(npmCache, registry.name, name, found?.version ?? "");
    if (found !== undefined && await exists(folder)) return folder;
  }
  throw new Error(`Cannot find the package '${name}': Deno has not kept it in '${npmCache}'`);
}
