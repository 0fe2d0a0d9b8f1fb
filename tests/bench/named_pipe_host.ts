/**
 * Runs in deno.exe and serves three pipes, until stdin ends: `bare` answers by itself; `chain` copies bytes to the
 * bare engine behind wsl.exe, without mux or relay; `relay` is the product's relay, over the mux.
 * Arguments: the path of wsl.exe, the distro, the command of the peer.
 */
import { NO_LOG } from "../../src/logging/log.ts";
import { openMuxSession } from "../../src/mux/mux_session.ts";
import type { ClientConnection, Listener } from "../../src/platform/listener.ts";
import { listenNamedPipe } from "../../src/platform/windows/pipe/named_pipe.ts";
import { startRelay } from "../../src/relay/relay.ts";
import { windowsPaths } from "../../src/relay/paths/windows_paths.ts";
import { joinStreams } from "../../src/streams/join_streams.ts";
import { openChildPipes } from "../../src/platform/child_pipes.ts";
import { serveEngine } from "./named_pipe_engine.ts";

const [wsl = "", distro = "", ...peer] = Deno.args;
const prefix = `windlass-bench-${Deno.pid}`;

function startPeer(mode: string): Deno.ChildProcess {
  return new Deno.Command(wsl, {
    args: ["-d", distro, "--cd", "/", "--exec", ...peer, mode],
    env: { WSL_UTF8: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function acceptEach(listener: Listener, serve: (client: ClientConnection) => Promise<unknown>) {
  for (let client = await listener.accept(); client !== null; client = await listener.accept()) {
    const connection = client;
    void serve(connection).catch(() => {}).finally(() => connection.close());
  }
}

const bare = await listenNamedPipe(`${prefix}-bare`);
void acceptEach(bare, serveEngine);

const chain = await listenNamedPipe(`${prefix}-chain`);
void acceptEach(chain, (client) => joinStreams(client, openChildPipes(startPeer("bare")).link));

const link = startPeer("mux");
const session = openMuxSession(openChildPipes(link).link, {
  role: "host",
  accept: (stream) => stream.refuse("none"),
  log: NO_LOG,
});
await session.ready;
const relay = startRelay({
  listener: await listenNamedPipe(`${prefix}-relay`),
  openUpstream: () => Promise.resolve(session.open("engine")),
  translatePath: windowsPaths(),
  log: NO_LOG,
});

console.log(JSON.stringify({ bare: bare.address, chain: chain.address, relay: relay.address }));
await Deno.stdin.readable.pipeTo(new WritableStream());
Deno.exit(0);
