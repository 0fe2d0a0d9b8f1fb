import { join } from "node:path";
import { createDockerClient, type DockerClient } from "../docker_client.ts";
import type { WindlassInstance } from "../windlass_instance.ts";
import type { UserDistro } from "./user_distro.ts";

/**
 * The Docker CLI of a workspace with bash and coreutils, run there by the user `me`, with a configuration folder of its own. The
 * socket is named as this machine sees it, for clients that run here.
 */
export async function openWorkspaceClient(
  instance: WindlassInstance,
  distro: UserDistro,
): Promise<DockerClient> {
  const home = await distro.script("mktemp --directory --tmpdir=/home/me");
  return createDockerClient({
    docker: "docker",
    socketPath: await workspaceSocket(distro),
    env: {
      DOCKER_CONFIG: home,
      BUILDX_CONFIG: join(home, "buildx"),
      DOCKER_CLI_HINTS: "false",
      HOME: home,
      TERM: "xterm",
    },
    enter: (argv, env, folder = "/") => [
      ...["env", `WINDLASS_HOME=${instance.home}`, "WSL_UTF8=1", instance.executable, "wsl"],
      ...["--distribution", distro.name, "--user", "me", "--cd", folder, "--exec", "/usr/bin/env"],
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...argv,
    ],
    dispose: async () => {
      await distro.script(`rm -rf ${home}`);
    },
  });
}

/** The path by which this machine reaches the socket that `/var/run/docker.sock` of a running workspace leads to. */
export async function workspaceSocket(distro: UserDistro): Promise<string> {
  const path = await distro.script("readlink -f /var/run/docker.sock");
  return join(await distro.runningRoot(), path);
}
