import type { Home } from "../host/home.ts";

/** In the engine distro: runs the Docker CLI among the user's own folders. */
const DOCKER_CLI = "/usr/lib/windlass/docker-cli";
/** What of the user's environment the CLI reads. */
const PASSED_ON = [
  ...["HOME", "TERM", "DOCKER_CONFIG", "BUILDX_BUILDER", "COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "NO_COLOR"],
];

/** Runs the Docker CLI of a distro in this process's terminal and with the user's Docker configuration. */
export async function runDockerCli(args: readonly string[], distro: string, home: Home): Promise<number> {
  // Whatever wsl itself has to say is for the user's terminal.
  Deno.env.set("WSL_UTF8", "1");
  const { runWsl } = await import("../wsl/linux/main.ts");
  const settings = PASSED_ON.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return await runWsl([
    ...["-d", distro, "-u", "root", "--cd", "/", "--exec"],
    ...[DOCKER_CLI, Deno.cwd(), `DOCKER_HOST=unix:///mnt/c${home.dockerSocket}`, ...settings, "--", ...args],
  ]);
}
