import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NO_LOG } from "../../logging/log.ts";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import { workspaceSocket } from "../protocol/distro_paths.ts";
import type { Workspace } from "../protocol/workspace_messages.ts";
import { WorkspaceSockets } from "./workspace_sockets.ts";

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

function workspace(name: string, digit: string): Workspace {
  return {
    name,
    token: digit.repeat(32),
    uid: Deno.uid()!,
    gid: Deno.gid()!,
    mode: 0o660,
    automountRoot: "/mnt/",
  };
}

/** Sockets in a folder of their own, with an engine that says OK to all. */
async function openSockets(
  test: (shared: string, sockets: WorkspaceSockets) => Promise<void>,
): Promise<void> {
  const shared = await Deno.makeTempDir({ prefix: "w" });
  const sockets = new WorkspaceSockets({
    shared,
    alias: `${shared}.alias`,
    openUpstream: () => {
      const [near, far] = createMemoryDuplexPair();
      const serve = async () => {
        while (await far.read() !== null) await far.write(new TextEncoder().encode(ANSWER));
        far.close();
      };
      serve().catch(() => {});
      return Promise.resolve(near);
    },
    changeContainer: (body) => body,
    translatePath: () => () => undefined,
    beforeStart: () => undefined,
    requestEnded: () => {},
    maximumClients: 8,
    log: NO_LOG,
  });
  try {
    await test(shared, sockets);
  } finally {
    await sockets.close();
    await Deno.remove(shared, { recursive: true });
  }
}

async function ping(connection: Deno.Conn): Promise<string> {
  await connection.write(new TextEncoder().encode("GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n"));
  const buffer = new Uint8Array(1024);
  let text = "";
  while (!text.endsWith("OK")) {
    const length = await connection.read(buffer);
    if (length === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return text;
}

Deno.test("WorkspaceSockets serves each workspace by a socket of its own, with its mode", () =>
  openSockets(async (shared, sockets) => {
    const ubuntu = workspace("Ubuntu", "a");
    await sockets.match([ubuntu, workspace("Debian", "b")]);
    const path = workspaceSocket(shared, ubuntu.token);
    assert.equal((await Deno.lstat(path)).mode! & 0o777, 0o660);
    assert.equal((await Deno.lstat(`${shared}/${ubuntu.token}`)).mode! & 0o777, 0o711);
    using client = await Deno.connect({ transport: "unix", path });
    assert.equal(await ping(client), ANSWER);
    // Users of other distros may read this: they have the same network.
    const shown = await Deno.readTextFile("/proc/net/unix");
    assert.ok(shown.includes(`${shared}.alias/`));
    assert.ok(!shown.includes(ubuntu.token));
    await assert.rejects(Deno.lstat(`${shared}.alias`), Deno.errors.NotFound);
    assert.deepEqual(sockets.activeRequests(), []);
  }));

Deno.test("WorkspaceSockets.match() closes what is not wanted any more, and leaves clients of others alone", () =>
  openSockets(async (shared, sockets) => {
    const [ubuntu, debian] = [workspace("Ubuntu", "a"), workspace("Debian", "b")];
    await sockets.match([ubuntu, debian]);
    using stays = await Deno.connect({ transport: "unix", path: workspaceSocket(shared, ubuntu.token) });
    using goes = await Deno.connect({ transport: "unix", path: workspaceSocket(shared, debian.token) });
    assert.deepEqual([await ping(stays), await ping(goes)], [ANSWER, ANSWER]);
    await sockets.match([ubuntu]);
    assert.equal(await ping(stays), ANSWER);
    assert.equal(await goes.read(new Uint8Array(1)), null);
    assert.deepEqual([...Deno.readDirSync(shared)].map(({ name }) => name), [ubuntu.token]);
    // A changed owner, group or mode makes a new socket.
    await sockets.match([{ ...ubuntu, mode: 0o600 }]);
    assert.equal((await Deno.lstat(workspaceSocket(shared, ubuntu.token))).mode! & 0o777, 0o600);
  }));

Deno.test("WorkspaceSockets.match() opens the others if one cannot be opened", () =>
  openSockets(async (shared, sockets) => {
    const [ubuntu, debian] = [workspace("Ubuntu", "a"), workspace("Debian", "b")];
    await Deno.mkdir(workspaceSocket(shared, ubuntu.token), { recursive: true });
    const path = workspaceSocket(shared, ubuntu.token);
    await assert.rejects(
      sockets.match([ubuntu, debian]),
      new WindlassError(
        "WL_WORKSPACE_FAILED",
        `Cannot serve the workspace 'Ubuntu': Cannot listen on ${path}: the path is taken by a file that is not a socket`,
      ),
    );
    using client = await Deno.connect({ transport: "unix", path: workspaceSocket(shared, debian.token) });
    assert.equal(await ping(client), ANSWER);
    await Deno.remove(path);
    await sockets.match([ubuntu, debian]);
    await Deno.lstat(path);
  }));
