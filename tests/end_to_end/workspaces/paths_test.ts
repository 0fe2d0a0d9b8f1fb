/** Paths of a workspace's clients: the agent with distros of the user's, and without a host. */
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  sharedFolder,
  WORKSPACES_FOLDER,
  workspaceSocket,
} from "../../../src/agent/protocol/distro_paths.ts";
import type { Workspace } from "../../../src/agent/protocol/workspace_messages.ts";
import { startAgent } from "../../support/agent_link.ts";
import {
  ENGINE_DISTRO,
  type EngineDistro,
  keepRunning,
  openEngineDistro,
  runScript,
} from "../../support/engine_distro.ts";
import { eventually } from "../../support/eventually.ts";
import { RootShares } from "../../support/root_shares.ts";
import { smallUserDistro } from "../../support/small_distros.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

const LIMIT = () => AbortSignal.timeout(300_000);
const FOLDER_OF_WINDLASS = "the folder belongs to Windlass itself, which shares it with no container";

/** A distro of the user's with an automount root of its own, and a client in it. */
interface Place {
  readonly workspace: Workspace;
  /** Runs a script in the distro. */
  run(text: string): Promise<string>;
  /** Runs the Docker CLI on the workspace's socket. */
  docker(words: string): Promise<string>;
  /** The same for a command that must fail; returns what it says. */
  refusal(words: string): Promise<string>;
}

async function makePlace(
  { wsl, home, script }: EngineDistro,
  name: string,
  automountRoot: string,
): Promise<Place> {
  const directory = join(home, name);
  await wsl.import({ name, directory, source: ReadableStream.from([await smallUserDistro()]) });
  const run = (text: string) => runScript(wsl, name, text);
  await run(`printf '[interop]\\nenabled=false\\n[automount]\\nroot=${automountRoot}\\n' >/etc/wsl.conf`);
  await wsl.terminate(name);
  const token = name.charCodeAt(0).toString(16).repeat(16);
  const workspace = { name, token, uid: 0, gid: 0, mode: 0o600, automountRoot };
  const docker = (words: string) =>
    script(`docker -H unix://${workspaceSocket(sharedFolder(), token)} ${words}`);
  const refusal = (words: string) => docker(`${words} 2>&1 && echo unexpected || true`);
  return { workspace, run, docker, refusal };
}

Deno.test("paths of clients in workspaces mean files of their distros", async (test) => {
  await using distro = await openEngineDistro();
  await using _engine = keepRunning(distro.wsl, ENGINE_DISTRO);
  await using machine = await openTemporaryFolder("windlass-workspace-paths");
  const usual = await makePlace(distro, "Usual", "/mnt/");
  const rooted = await makePlace(distro, "Rooted", "/");
  await using _usual = keepRunning(distro.wsl, usual.workspace.name); // the tests mount file systems in it
  const shares = new RootShares(distro.wsl);
  shares.automountRoots.set(rooted.workspace.name, rooted.workspace.automountRoot);
  await using link = startAgent(distro.wsl, { serve: (stream) => shares.accept(stream) });
  await link.running();
  await link.agent.serveWorkspaces([usual.workspace, rooted.workspace], LIMIT());
  await eventually(() => distro.script("docker image inspect busybox >/dev/null")); // the sample image
  const { run, docker, refusal } = usual;
  /** What a container sees of a file below a path. */
  const seen = (path: string, file = "name", place = usual) =>
    place.docker(`run --rm -v '${path}':/x busybox cat /x/${file}`);

  await test.step("links are followed as the distro sees them", async () => {
    await run(
      "mkdir -p /home/me/real/deep /data/deep && cd /home/me && echo real >real/name && echo deep >real/deep/name && " +
        "echo data >/data/name && ln -s /home/me/real absolute && ln -s real relative && ln -s /data out && " +
        "ln -s absolute/deep chain && ln -s /nowhere dangling && ln -s loop loop && ln -s / top && echo file >file",
    );
    // A folder of the same name in the engine is not meant.
    await distro.script("mkdir -p /data && echo engine >/data/name");
    for (
      const path of [
        "real",
        "absolute",
        "relative",
        "out",
        "chain",
        "chain/..",
        "top/data",
        "absolute/../out",
      ]
    ) {
      assert.equal(await seen(`/home/me/${path}`), await run(`cat /home/me/${path}/name`), path);
    }
    assert.equal(await docker("run --rm -v /home/me/file:/file busybox cat /file"), "file");
    for (
      const [path, reason] of [
        ["/home/me/dangling", "the link '/home/me/dangling' leads to '/nowhere', which does not exist"],
        ["/home/me/loop", "it has too many levels of symbolic links"],
        ["/home/me/file/x", "'/home/me/file' is not a folder"],
      ] as const
    ) {
      const said = await refusal(`run --rm -v ${path}:/x busybox true`);
      assert.ok(said.includes(`Cannot mount '${path}': ${reason}`), said);
    }
  });

  await test.step("any name that a file can have", async () => {
    for (
      const name of ["a b", "ü日本🐳", "line\nbreak", "colon:and,comma", "back\\slash", `"quoted" $HOME`]
    ) {
      const path = `/home/me/odd/${name}`;
      const quoted = `'${path.replaceAll("'", "'\\''")}'`;
      await run(`mkdir -p ${quoted} && echo here >${quoted}/name`);
      // A field of --mount is quoted as in CSV.
      const field = `'"src=${path.replaceAll('"', '""')}"'`;
      assert.equal(
        await docker(`run --rm --mount type=bind,${field},dst=/x busybox cat /x/name`),
        "here",
        name,
      );
    }
  });

  await test.step("missing sources are made by -v, as root, and refused by --mount with the user's path", async () => {
    await docker("run --rm -v /home/me/absolute/new/folder:/x busybox touch /x/made");
    assert.equal(
      await run("stat -c '%u:%g %a' /home/me/real/new /home/me/real/new/folder"),
      "0:0 755\n0:0 755",
    );
    assert.equal(await run("ls /home/me/real/new/folder"), "made");
    const said = await refusal("run --rm --mount type=bind,src=/home/me/absolute/none,dst=/x busybox true");
    assert.ok(said.includes("Cannot mount '/home/me/absolute/none': bind source path does not exist"), said);
    assert.equal(await run("ls /home/me/real"), "deep\nname\nnew");
  });

  await test.step("file systems that the distro mounts, before and after its files were attached", async () => {
    assert.equal(await docker("ps -q"), "");
    await run("mkdir -p /srv/later && mount -t tmpfs none /srv/later && echo later >/srv/later/name");
    assert.equal(await seen("/srv/later"), "later");
    await run("umount /srv/later && echo below >/srv/later/name");
    assert.equal(await seen("/srv/later"), "below");
  });

  await test.step("drives, and what all distros share, by the engine's own names", async () => {
    await Deno.writeTextFile(`${machine.path}/name`, "drive");
    await distro.script("mkdir -p /mnt/wsl/common && echo common >/mnt/wsl/common/name");
    for (const [place, at] of [[usual, "/mnt"], [rooted, ""]] as const) {
      for (
        const [path, source, expected] of [
          [`${at}/c${machine.path}`, `/mnt/c${machine.path}`, "drive"],
          [`${at}/wsl/common`, "/mnt/wsl/common", "common"],
          [`/mnt/c${machine.path}`, `/mnt/c${machine.path}`, "drive"],
          ["/mnt/wsl/common", "/mnt/wsl/common", "common"],
        ] as const
      ) {
        assert.equal(await seen(path, "name", place), expected, path);
        await place.docker(`create --name source -v '${path}':/x busybox`);
        const format = "'{{(index .Mounts 0).Source}}'";
        assert.equal(await place.docker(`inspect --format ${format} source`), source);
        await place.docker("rm source");
      }
    }
    await rooted.run("mkdir -p /x/own && echo own >/x/own/name"); // a folder that is called like a drive
    assert.equal(await seen("/x/own", "name", rooted), "own");
  });

  await test.step("what inspect shows can be sent again", async () => {
    await docker(
      "create --name first -v /home/me/absolute:/x -v /var/run/docker.sock:/d.sock busybox cat /x/name",
    );
    const binds = JSON.parse(await docker("inspect --format '{{json .HostConfig.Binds}}' first")) as string[];
    // The CLI sends them in any order.
    assert.deepEqual(binds.sort(), [
      `${workspaceSocket(sharedFolder(), usual.workspace.token)}:/d.sock`,
      `${WORKSPACES_FOLDER}/Usual/home/me/real:/x`,
    ]);
    const again = binds.map((bind) => `-v '${bind}'`).join(" ");
    assert.equal(await docker(`run --rm ${again} busybox cat /x/name`), "real");
    for (const bind of binds) {
      assert.match(await rooted.refusal(`create -v '${bind}' busybox`), /Cannot mount '\/[^']+': /);
    }
    await docker("rm first");
  });

  await test.step("compose finds nothing to do the second time", async () => {
    await distro.script(
      "printf 'services:\\n  web:\\n    image: busybox\\n    command: sleep 1000000\\n    stop_grace_period: 0s\\n" +
        "    volumes: [ /home/me/absolute:/x, data:/data ]\\n" +
        "volumes:\\n  data:\\n    driver_opts: { type: none, o: bind, device: /home/me/out }\\n' >/tmp/compose.yaml",
    );
    const compose = (words: string) => docker(`compose --project-name twice -f /tmp/compose.yaml ${words}`);
    await compose("up -d --quiet-pull");
    const id = await compose("ps -q");
    assert.equal(await docker(`exec ${id} cat /x/name /data/name`), "real\ndata");
    await compose("up -d");
    assert.equal(await compose("ps -q"), id);
    await compose("down --volumes");
  });

  await test.step("a container with the socket speaks for the client that has started it", async () => {
    for (const [place, content] of [[usual, "data"], [rooted, "rooted"]] as const) {
      if (place === rooted) await place.run("mkdir -p /data && echo rooted >/data/name");
      await place.docker(
        "run -d --name speaker --stop-timeout 0 -v /var/run/docker.sock:/var/run/docker.sock busybox sleep 1000000",
      );
      const pid = await place.docker("inspect --format '{{.State.Pid}}' speaker");
      const inside = `docker -H unix:///proc/${pid}/root/var/run/docker.sock`;
      assert.equal(await distro.script(`${inside} run --rm -v /data:/x busybox cat /x/name`), content);
      // From inside, the socket is passed on as well.
      const format = "'{{(index .Mounts 0).Source}}'";
      await distro.script(`${inside} create --name next -v /var/run/docker.sock:/d busybox`);
      assert.equal(
        await place.docker(`inspect --format ${format} next`),
        workspaceSocket(sharedFolder(), place.workspace.token),
      );
      await place.docker("rm -f speaker next");
    }
  });

  await test.step("a container does not start on what has become a link, or without the socket that it had", async () => {
    await run("mkdir -p /srv/moving && echo here >/srv/moving/name");
    await docker("create --name moving -v /srv/moving:/x busybox cat /x/name");
    assert.equal(await docker("start -a moving"), "here");
    await run("mv /srv/moving /srv/moved && ln -s /srv/moved /srv/moving");
    const said = await refusal("start moving");
    const state = "'/srv/moving' of 'Usual' leads to '/srv/moved' by now; create the container again";
    assert.ok(said.includes(`Cannot start the container 'moving': ${state}`), said);
    await run("rm /srv/moving && mv /srv/moved /srv/moving");
    assert.equal(await docker("start -a moving"), "here");
    await docker("rm moving");

    await rooted.docker("create --name speechless -v /var/run/docker.sock:/d busybox true");
    await link.agent.serveWorkspaces([usual.workspace], LIMIT());
    const disabled =
      "it mounts the socket of a workspace that was disabled since; create the container again";
    const answer = await refusal("start speechless");
    assert.ok(answer.includes(`Cannot start the container 'speechless': ${disabled}`), answer);
    await link.agent.serveWorkspaces([usual.workspace, rooted.workspace], LIMIT());
    await docker("start -a speechless");
    await docker("rm speechless");
  });

  await test.step("no client reaches what belongs to another one", async () => {
    assert.equal(await seen("/data", "name", rooted), "rooted"); // its files are attached by now
    await run(
      `ln -s /mnt/wsl/windlass/roots /home/me/roots; mkdir -p /srv/all && mount --bind /mnt/wsl /srv/all`,
    );
    const other = "these are files of the workspace 'Rooted'; run the command there";
    for (
      const [path, reason] of [
        [`${WORKSPACES_FOLDER}/Rooted/data`, other],
        [`${WORKSPACES_FOLDER}/Usual/../Rooted`, other],
        ["/home//../run/windlass/workspaces/./Rooted", other],
        [`/mnt/wsl/windlass/${rooted.workspace.token}`, FOLDER_OF_WINDLASS],
        ["/mnt/wsl/windlass", FOLDER_OF_WINDLASS],
        ["/mnt/wsl/windlass-data", FOLDER_OF_WINDLASS],
        ["/home/me/roots", FOLDER_OF_WINDLASS],
        ["/srv/all/windlass", FOLDER_OF_WINDLASS],
        [
          "/proc/1/root/run",
          "it is a link to the files of a process of the engine; write the path of the files",
        ],
      ] as const
    ) {
      for (
        const words of [
          `run --rm -v '${path}':/x busybox true`,
          `run --rm --mount type=bind,src='${path}',dst=/x busybox true`,
          `volume create --opt type=none --opt o=bind --opt device='${path}'`,
        ]
      ) {
        const said = await refusal(words);
        assert.ok(said.includes(`Cannot mount '${path}': ${reason}`), `${words}: ${said}`);
      }
    }
    // Where a distro has the name itself, its own files are meant.
    await run(`mkdir -p ${WORKSPACES_FOLDER}/Rooted/data && echo own >${WORKSPACES_FOLDER}/Rooted/data/name`);
    await run(`ln -s ${WORKSPACES_FOLDER}/Rooted/data /home/me/pretended`);
    assert.equal(await seen("/home/me/pretended"), "own");
  });

  await distro.script("rm -rf /data /mnt/wsl/common /tmp/compose.yaml");
  assert.equal((await link.hangUp()).exitCode, 0);
  await shares.ended();
});
