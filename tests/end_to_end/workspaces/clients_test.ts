/** What the Docker clients of a user's distro do on that distro's files, in each kind of distro that users have. */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { NODE_ARGUMENTS } from "../../support/node_bundle.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { TEST_IMAGE } from "../../support/test_image.ts";
import { putDevContainerCli, putNodeProgram } from "../../support/user_distros/distro_clients.ts";
import type { UserDistro } from "../../support/user_distros/user_distro.ts";
import {
  USER_DISTRO_KINDS,
  type UserDistroKindName,
  WORKSPACE_KINDS,
} from "../../support/user_distros/user_distro_kinds.ts";
import { openWorkspace, startWindlassWithImage } from "../../support/user_distros/workspace.ts";
import { workspaceSocket } from "../../support/user_distros/workspace_client.ts";

/** A thing that one client does. */
interface ClientTask {
  readonly name: string;
  /** The kinds that have the client. */
  readonly kinds: readonly UserDistroKindName[];
  run(distro: UserDistro): Promise<void>;
}

const WITH_OUR_CLI = WORKSPACE_KINDS.filter((kind) => kind !== "ownDocker");
const DEBIAN = WORKSPACE_KINDS.filter((kind) => USER_DISTRO_KINDS[kind].base === "debian");

/** Without the folder of plugins that the user's own docker would know. */
const COMPOSE_FILE = `services:
  app:
    image: ${TEST_IMAGE}
    command: sh -c "cat /project/note /config; until [ -e /project/seen ]; do sleep 0.1; done"
    volumes:
      - ./:/project:ro
    configs:
      - source: note
        target: /config
configs:
  note:
    file: ./note
`;

/** As dev containers call docker; see tests/docker/cases/dev_containers.ts for why. */
const DOCKER_WITH_EVENTS = `#!/bin/sh
[ "$1" != events ] || { shift; set -- events --since "$(date +%s)" "$@"; }
exec docker "$@"
`;

const PYTHON_PROGRAM = `
import docker
client = docker.from_env()
print(client.containers.run("${TEST_IMAGE}", "cat /project/note", volumes=["/home/me/project:/project:ro"], remove=True).decode(), end="")
`;

const TASKS: readonly ClientTask[] = [
  {
    name: "the Docker CLI runs a container on a folder of the home",
    kinds: WITH_OUR_CLI,
    async run(distro) {
      const run = `docker run --rm -v ~/project:/project ${TEST_IMAGE}`;
      assert.equal(
        await distro.script(
          `${run} sh -c 'cat /project/note; echo back > /project/answer'; cat ~/project/answer`,
        ),
        `from ${distro.name}\nback`,
      );
    },
  },
  {
    name: "root and a program with an empty environment use the same engine",
    kinds: WITH_OUR_CLI,
    async run(distro) {
      const list = "docker ps --all --quiet --no-trunc --filter name=kept";
      const id = await distro.script(`docker create --name kept ${TEST_IMAGE} true`);
      assert.equal(await distro.script(list, { user: "root" }), id);
      assert.equal(await distro.script(`env -i /usr/local/bin/${list}`), id);
      await distro.script("docker rm kept");
    },
  },
  {
    name: "a docker of the user's own stays the one that is found",
    kinds: ["ownDocker"],
    async run(distro) {
      assert.equal(await distro.script("docker ps"), "a docker of the user: ps");
      assert.equal(await distro.script("ls /usr/local/bin"), "windlass");
    },
  },
  {
    name: "compose brings a project up twice, with files of its folder",
    kinds: WITH_OUR_CLI,
    async run(distro) {
      await distro.script("cat > ~/project/compose.yaml", { stdin: COMPOSE_FILE });
      const command = "docker compose up --no-log-prefix --exit-code-from app 2>&1";
      await using up = distro.start(["/bin/sh", "-c", `cd ~/project && exec ${command}`]);
      // The container waits until its output was seen: compose may end with its last container and drop the rest.
      await eventually(() => {
        const lines = up.output.split("\n").filter((line) => line === `from ${distro.name}`);
        assert.equal(lines.length, 2, up.output);
      });
      await distro.script("touch ~/project/seen");
      assert.equal((await up.ended()).code, 0);
      const again = await distro.script("docker compose up --detach 2>&1 && docker compose down 2>&1", {
        folder: "/home/me/project",
      });
      assert.doesNotMatch(again, /Recreate/);
    },
  },
  {
    name: "buildx builds from a folder of the home",
    kinds: WITH_OUR_CLI,
    async run(distro) {
      await distro.script("cat > ~/project/Dockerfile", { stdin: `FROM ${TEST_IMAGE}\nCOPY note /note\n` });
      const tag = `built-in-${distro.name.toLowerCase()}`;
      await distro.script(`docker buildx build --load --tag ${tag} ~/project`);
      assert.equal(await distro.script(`docker run --rm ${tag} cat /note`), `from ${distro.name}`);
      await distro.script(`docker rmi ${tag}`);
    },
  },
  {
    name: "dockerode runs its scenarios under the distro's Node.js",
    kinds: DEBIAN,
    async run(distro) {
      const program = await putNodeProgram(distro, "tests/docker/dockerode_on_node.ts", "dockerode_on_node");
      await distro.script("mkdir -p ~/dockerode");
      const argv = ["/usr/bin/node", ...NODE_ARGUMENTS, program, "/var/run/docker.sock", TEST_IMAGE];
      assert.equal(await distro.run([...argv, "/home/me/dockerode"]), "");
    },
  },
  {
    name: "the Python library runs a container",
    kinds: DEBIAN,
    async run(distro) {
      assert.equal(
        await distro.run(["/usr/bin/python3", "-"], { stdin: PYTHON_PROGRAM }),
        `from ${distro.name}`,
      );
    },
  },
  {
    name: "a container with the socket asks for files of the distro that has started it",
    kinds: DEBIAN,
    async run(distro) {
      // The distro's own Python runs in the container, with the libraries of the distro.
      const libraries = ["/usr:/usr:ro", "/usr/lib:/lib:ro", "/usr/lib64:/lib64:ro", "/etc/ssl:/etc/ssl:ro"];
      const volumes = [...libraries, "/var/run/docker.sock:/var/run/docker.sock"];
      const create = `import docker, sys
print(docker.from_env().containers.run("${TEST_IMAGE}", ["/usr/bin/python3", "-c", ${
        JSON.stringify(PYTHON_PROGRAM)
      }],
  volumes=${JSON.stringify(volumes)}, remove=True).decode(), end="")
`;
      assert.equal(await distro.run(["/usr/bin/python3", "-"], { stdin: create }), `from ${distro.name}`);
    },
  },
  {
    name: "the dev container CLI opens a folder of the home",
    kinds: DEBIAN.filter((kind) => kind !== "ownDocker"),
    async run(distro) {
      const cli = `node ${await putDevContainerCli(distro)}`;
      const configuration = { image: TEST_IMAGE, remoteUser: "root", updateRemoteUserUID: false };
      await distro.script(
        "mkdir -p ~/project/.devcontainer; cat > ~/project/.devcontainer/devcontainer.json",
        {
          stdin: JSON.stringify(configuration),
        },
      );
      const docker = "/home/me/project/.devcontainer/docker";
      await distro.script(`cat > ${docker}; chmod 755 ${docker}`, { stdin: DOCKER_WITH_EVENTS });
      const options = `--docker-path ${docker} --workspace-folder /home/me/project`;
      const up = async () => {
        const said = await distro.script(`${cli} up ${options}`);
        return JSON.parse(said.slice(said.lastIndexOf('{"outcome"'))) as { containerId: string };
      };
      const { containerId } = await up();
      assert.equal((await up()).containerId, containerId);
      const seen = await distro.script(`${cli} exec ${options} cat /workspaces/project/note`);
      assert.match(seen, new RegExp(`from ${distro.name}$`));
      await distro.script(`docker rm --force ${containerId}`);
    },
  },
];

const windlass = oncePerFile(startWindlassWithImage);

for (const kind of WORKSPACE_KINDS) {
  Deno.test(`the Docker clients of a distro of the kind '${kind}' work on its files`, async (test) => {
    await using distro = await openWorkspace(await windlass(), kind);
    await distro.script('mkdir -p ~/project; echo "from $WSL_DISTRO_NAME" > ~/project/note');
    // The CLI waits until its distro is served after 'enable'; libraries do not.
    await eventually(async () => {
      using _connection = await Deno.connect({ transport: "unix", path: await workspaceSocket(distro) });
    });
    for (const task of TASKS.filter(({ kinds }) => kinds.includes(kind))) {
      await test.step(task.name, () => task.run(distro));
    }
  });
}
