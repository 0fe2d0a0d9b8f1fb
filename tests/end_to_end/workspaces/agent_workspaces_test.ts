/** The agent with a distro of the user's, without a host: sockets, the distro's files in containers, rest, kill -9. */
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  sharedFolder,
  WORKSPACES_FOLDER,
  workspaceSocket,
} from "../../../src/agent/protocol/distro_paths.ts";
import type { Workspace } from "../../../src/agent/protocol/workspace_messages.ts";
import { type AgentLink, askDocker, startAgent } from "../../support/agent_link.ts";
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

const LIMIT = () => AbortSignal.timeout(300_000);
const WORKSPACE: Workspace = {
  name: "Small-1.0",
  token: "0123456789abcdef0123456789abcdef",
  uid: 1000,
  gid: 998,
  mode: 0o660,
  automountRoot: "/mnt/",
};
const SOCKET = workspaceSocket(sharedFolder(), WORKSPACE.token);
const ROOT = `${WORKSPACES_FOLDER}/${WORKSPACE.name}`;

Deno.test("the agent serves a workspace, has its files in containers, rests, and leaves nothing behind", async (test) => {
  await using distro = await openEngineDistro();
  const { wsl } = distro;
  await using _running = keepRunning(wsl, ENGINE_DISTRO);
  await wsl.import({
    name: WORKSPACE.name,
    directory: join(distro.home, "small"),
    source: ReadableStream.from([await smallUserDistro()]),
  });
  const inWorkspace = (text: string) => runScript(wsl, WORKSPACE.name, text);
  await inWorkspace("mkdir -p /home/me/src && echo hello >/home/me/src/file");
  const docker = (command: string) => distro.script(`docker -H unix://${SOCKET} ${command}`);
  const shares = new RootShares(wsl);
  const start = (resting = false): AgentLink =>
    startAgent(wsl, {
      variables: resting ? ["WINDLASS_START_RESTING=1"] : [],
      serve: (stream) => shares.accept(stream),
    });

  {
    await using link = start(true);
    const { agent } = link;

    await test.step("an agent that rests listens for the clients of workspaces", async () => {
      await agent.serveWorkspaces([WORKSPACE], LIMIT());
      await eventually(() => assert.deepEqual(agent.state, { kind: "resting" }));
      assert.equal(await inWorkspace(`stat -c '%u %g %a' ${SOCKET}`), "1000 998 660");
      assert.equal(await inWorkspace(`stat -c %a ${sharedFolder()}`), "711");
      assert.equal(await distro.script("pgrep -c dockerd || true"), "0");
      assert.deepEqual(await agent.use(LIMIT()), {
        containers: [],
        containerCount: 0,
        swarm: false,
        localClients: 0,
        workspaceRequests: [],
        workspaceWatchers: 0,
        roots: [],
      });
    });

    await test.step("the programs of the engine are read-only in every distro", async () => {
      const programs = `${sharedFolder()}/usr`;
      assert.equal(
        await inWorkspace(`[ -x ${programs}/bin/docker ] && touch ${programs}/x 2>/dev/null || echo no`),
        "no",
      );
      const libraries = `${programs}/lib/x86_64-linux-gnu`;
      const run =
        `${programs}/lib64/ld-linux-x86-64.so.2 --library-path ${libraries} ${programs}/bin/docker --version`;
      assert.match(await inWorkspace(run), /^Docker version/);
    });

    await test.step("its first client wakes Docker, and mounts files of its distro", async () => {
      await eventually(async () => {
        await docker("ps");
        await distro.script("docker image inspect busybox >/dev/null"); // the sample image
      });
      assert.equal(await docker("run --rm -v /home/me/src:/src busybox cat /src/file"), "hello");
      await docker("run --rm -v /home/me/new/folder:/src busybox touch /src/made");
      assert.equal(await inWorkspace("ls /home/me/new/folder"), "made");
      assert.equal(await distro.script(`ls ${WORKSPACES_FOLDER}`), WORKSPACE.name);
    });

    await test.step("a running container is a reason to have the distro's files", async () => {
      await docker("run -d --name busy --restart always -v /home/me/src/file:/file busybox sleep 1000000");
      await docker("volume create --opt type=none --opt o=bind --opt device=/home/me/src source");
      await docker("create --name volume -v source:/src busybox cat /src/file");
      await eventually(async () => assert.deepEqual((await agent.use(LIMIT())).roots, [WORKSPACE.name]));
      // More than once where half a minute has passed between two containers.
      assert.deepEqual([...new Set(shares.asked)], [WORKSPACE.name]);
    });

    await test.step("dockerd can make no folder in place of missing files", async () => {
      const other = `${WORKSPACES_FOLDER}/Other/home`;
      const create = `docker run --rm -v ${other}:/x busybox true`;
      assert.match(await distro.script(`${create} 2>&1 || true`), /read-only file system/);
      assert.equal(await distro.script(`ls ${WORKSPACES_FOLDER}`), WORKSPACE.name);
    });

    await test.step("a path of a client of the host is resolved as the distro sees it", async () => {
      const { name } = WORKSPACE;
      assert.deepEqual(await agent.resolveWorkspacePath(name, "/home/me/src", "require", LIMIT()), {
        path: `${ROOT}/home/me/src`,
      });
      assert.ok("refused" in await agent.resolveWorkspacePath(name, "/home/none", "require", LIMIT()));
      assert.deepEqual(await agent.resolveWorkspacePath("Other", "/home", "create", LIMIT()), {
        refused: "the distro 'Other' is not a workspace",
      });
    });

    await distro.script("kill -9 $(pgrep -f lib/windlass/[a]gent.js)");
    await link.process.exited;
    await shares.ended();
  }

  {
    await using link = start();
    const { agent } = link;

    await test.step("the agent after one that was killed has the files at hand for what Docker restarts", async () => {
      await link.running();
      await agent.serveWorkspaces([WORKSPACE], LIMIT());
      await eventually(async () => assert.equal(await docker("exec busy cat /file"), "hello"));
      assert.equal(await distro.script(`grep -c ' ${ROOT} ' /proc/self/mountinfo`), "1");
      assert.equal(await distro.script(`grep -c ' ${sharedFolder()}/usr ' /proc/self/mountinfo`), "1");
    });

    await test.step("Docker does not rest while a workspace uses it, and its files go when no container has them", async () => {
      const waiting = docker("wait busy");
      await eventually(async () => {
        const { workspaceRequests } = await agent.use(LIMIT());
        assert.deepEqual(workspaceRequests?.map(({ what }) => what), ["wait"]);
      });
      await assert.rejects(agent.rest(LIMIT()), {
        message: "Cannot let Docker rest: a workspace uses it (wait)",
      });
      await distro.script("docker rm -f busy");
      await waiting;
      await eventually(() => agent.rest(LIMIT()));
      assert.deepEqual(agent.state, { kind: "resting" });
      // The distro may stop now.
      assert.equal(await distro.script(`ls ${ROOT} | wc -l`), "0");
      await shares.ended();
    });

    await test.step("a container is started only with the files that it mounts", async () => {
      shares.refusals.set(WORKSPACE.name, "it does not start");
      assert.equal(
        await agent.prepareStart("volume", LIMIT()),
        `Cannot reach the files of the distro '${WORKSPACE.name}': it does not start`,
      );
      shares.refusals.clear();
      assert.equal(await agent.prepareStart("none", LIMIT()), undefined);
      await eventually(async () => { // the files are kept for half a minute before a start
        assert.equal(await agent.prepareStart("volume", LIMIT()), undefined);
        assert.equal(await distro.script("docker start -a volume"), "hello");
      });
    });

    await test.step("a client in a workspace gets the reason why its container cannot start", async () => {
      await eventually(() => agent.rest(LIMIT()));
      shares.refusals.set(WORKSPACE.name, "it does not start");
      const sentence = `Cannot reach the files of the distro '${WORKSPACE.name}': it does not start`;
      assert.ok((await docker("start volume 2>&1 || true")).includes(sentence));
      shares.refusals.clear();
      assert.equal(await docker("start -a volume"), "hello");
    });

    await test.step("a distro that is stopped is started again for the next container", async () => {
      await wsl.terminate(WORKSPACE.name);
      await eventually(async () => assert.equal(await distro.script(`ls ${ROOT} | wc -l`), "0"));
      assert.equal(await docker("run --rm -v /home/me/src:/src busybox cat /src/file"), "hello");
    });

    await test.step("many clients at once start Docker once", async () => {
      await eventually(() => agent.rest(LIMIT()));
      const starts = () => link.states.filter(({ kind }) => kind === "starting").length;
      const before = starts();
      await Promise.all(Array.from({ length: 20 }, () => docker("ps -q")));
      await link.running();
      assert.equal(starts(), before + 1);
    });

    await test.step("clients that come while Docker is stopping are served", async () => {
      const rest = agent.rest(LIMIT()).catch(() => {});
      const answers = await Promise.all([1, 2, 3].map(() => docker("info --format '{{.ServerVersion}}'")));
      await rest;
      for (const answer of answers) assert.match(answer, /^\d/);
      assert.match(await askDocker(link.session, "/_ping"), /^HTTP\/1\.1 200 OK/);
    });

    assert.equal((await link.hangUp()).exitCode, 0);
    await shares.ended();
  }
  assert.equal(await leftovers(distro), "");
});

/** What the agent has made and not removed. */
async function leftovers(distro: EngineDistro): Promise<string> {
  return await distro.script([
    `cut -d' ' -f5 /proc/self/mountinfo | grep -E '^${WORKSPACES_FOLDER}|^${sharedFolder()}(/|$)' || true`,
    `ls -d ${sharedFolder()} 2>/dev/null || true`,
  ].join("; "));
}
