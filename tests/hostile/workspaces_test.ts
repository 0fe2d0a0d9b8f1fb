// lock: flood
/** What users of a distro that nobody has let in, other distros and floods can do to a workspace: nothing. */
import assert from "node:assert/strict";
import { openDockerClient } from "../support/docker_client.ts";
import { floodConnections } from "../support/connection_flood.ts";
import { eventually } from "../support/eventually.ts";
import { oncePerFile } from "../support/once_per_file.ts";
import { TEST_IMAGE } from "../support/test_image.ts";
import { openWorkspace, startWindlassWithImage } from "../support/user_distros/workspace.ts";
import { workspaceSocket } from "../support/user_distros/workspace_client.ts";

/** More connections than a workspace may have. */
const FLOOD = 1_200;
/** Milliseconds that somebody else waits for an answer in a flood: users give up later than this. */
const PATIENCE_MILLISECONDS = 60_000;

/** Connects to a socket and prints what happened, with what every Debian has. */
const CONNECT = (path: string) => [
  "/usr/bin/python3",
  "-c",
  "import socket, sys\ntry:\n  socket.socket(socket.AF_UNIX).connect(sys.argv[1]); print('connected')\n" +
  "except OSError as error: print(type(error).__name__)",
  path,
];

/** Connects to the engine until its input ends. */
const STAY_CONNECTED = [
  "/usr/bin/python3",
  "-c",
  "import socket, sys\nclient = socket.socket(socket.AF_UNIX); client.connect('/var/run/docker.sock')\n" +
  "print('connected', flush=True); sys.stdin.read()",
];

const windlass = oncePerFile(startWindlassWithImage);

Deno.test("another user of a workspace gets nothing, and a member of its group 'docker' is let in", async (test) => {
  const instance = await windlass();
  await test.step("without the group", async () => {
    await using distro = await openWorkspace(instance, "debian");
    const connect = CONNECT("/var/run/docker.sock");
    await eventually(async () => assert.equal(await distro.run(connect), "connected"));
    assert.equal(await distro.run(connect, { user: "root" }), "connected");
    assert.equal(await distro.run(connect, { user: "other" }), "PermissionError");
    const list = await distro.attempt(["/bin/ls", "/mnt/wsl/windlass"], { user: "other" });
    assert.match(list.stderr, /Permission denied/);
  });
  await test.step("with the group", async () => {
    await using distro = await openWorkspace(instance, "ownDocker");
    const connect = CONNECT("/var/run/docker.sock");
    await eventually(async () => assert.equal(await distro.run(connect), "connected"));
    assert.equal(await distro.run(connect, { user: "other" }), "connected");
    assert.equal(await distro.run(connect, { user: "nobody" }), "PermissionError");
  });
});

Deno.test("a distro cannot reach the files of another one through the engine", async () => {
  const instance = await windlass();
  await using victim = await openWorkspace(instance, "busybox", "victim");
  await using distro = await openWorkspace(instance, "debian");
  await victim.script("echo secret > ~/secret");
  // As long as this runs, the engine has the victim's files.
  await victim.script(`docker run --detach --name holder -v "$HOME:/home/me" ${TEST_IMAGE} sleep 1000`);
  assert.equal(await victim.script("docker exec holder find /home/me -name secret"), "/home/me/secret");
  const below = "/run/windlass/workspaces";
  await distro.script(`ln -s ${below}/victim/home/me ~/link; ln -s ${below} ~/all`);
  const sources = [
    `${below}/victim/home/me`,
    `/home/me/../..${below}/victim/home/me`,
    `${below}/debian/../victim/home/me`,
    below,
    "/home/me/link",
    "/home/me/all/victim/home/me",
    "/proc/1/root/run/windlass/workspaces/victim/home/me",
  ];
  for (const source of sources) {
    const mounts = [["-v", `${source}:/stolen`], ["--mount", `type=bind,source=${source},target=/stolen`]];
    for (const mount of mounts) {
      const run = [
        "/usr/local/bin/docker",
        "run",
        "--rm",
        ...mount,
        TEST_IMAGE,
        "find",
        "/stolen",
        "-name",
        "secret",
      ];
      const { stdout } = await distro.attempt(run);
      assert.equal(stdout.trim(), "", `${mount.join(" ")} shows the files of another distro`);
    }
  }
  const volume = `docker volume create -o type=none -o o=bind -o device=${below}/victim/home/me stolen`;
  const { stdout } = await distro.attempt([
    ...["/bin/sh", "-c"],
    `${volume} && docker run --rm -v stolen:/stolen ${TEST_IMAGE} find /stolen -name secret; docker volume rm -f stolen`,
  ]);
  assert.doesNotMatch(stdout, /secret/);
  await victim.script("docker rm --force holder");
});

Deno.test("the user of another distro with the same id cannot find a workspace's socket", async () => {
  const instance = await windlass();
  await using distro = await openWorkspace(instance, "debian");
  await using other = await openWorkspace(instance, "fish");
  const path = await distro.script("readlink -f /var/run/docker.sock");
  const list = await other.attempt(["/bin/ls", "/mnt/wsl/windlass"]);
  assert.match(list.stderr, /Permission denied/);
  const [, token] = /^\/mnt\/wsl\/windlass[^/]*\/([0-9a-f]{32})\/docker\.sock$/.exec(path) ??
    assert.fail(path);
  // Both distros have one network, where the kernel shows the paths of the sockets that clients are connected to.
  await using client = distro.start(STAY_CONNECTED);
  await client.waitFor(/connected/);
  assert.equal(await other.script(`grep -c ${token} /proc/net/unix || true`), "0");
});

Deno.test("a flood of connections on one workspace takes the engine away from nobody else", async (test) => {
  const instance = await windlass();
  await using docker = await openDockerClient(instance.dockerHost);
  await using distro = await openWorkspace(instance, "debian");
  await using other = await openWorkspace(instance, "busybox");
  const path = await workspaceSocket(distro);
  const within = { deadlineMilliseconds: PATIENCE_MILLISECONDS };
  const texts = {
    silent: "",
    "half a request": "POST /containers/create HTTP/1.1\r\nHost: d\r\nContent-Len",
  };
  for (const [name, text] of Object.entries(texts)) {
    await test.step(name, async () => {
      {
        using flood = await floodConnections({ transport: "unix", path }, FLOOD, text);
        await eventually(() => assert.ok(flood.open < FLOOD, `all ${FLOOD} connections are held`));
        await other.script("docker version", within);
        await docker.run(["version"], within);
      }
      // The engine has to notice that its clients have left.
      await eventually(() => distro.script("docker version", within));
    });
  }
});
