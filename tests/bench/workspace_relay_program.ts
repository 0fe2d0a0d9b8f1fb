/**
 * The relay of a workspace by itself, in a process that does nothing else:
 * `workspace_relay_program.ts SOCKET ENGINE_SOCKET`. It writes a line when it listens, and ends with its input.
 */
import process from "node:process";
import { NO_LOG } from "../../src/logging/log.ts";
import { listenUnixSocket } from "../../src/platform/linux/unix_socket.ts";
import { PatientFiles } from "../../src/relay/paths/patient_files.ts";
import { workspacePaths } from "../../src/relay/paths/workspace_paths.ts";
import { startRelay } from "../../src/relay/relay.ts";
import { connectionDuplex } from "../../src/streams/connection_duplex.ts";

const [socket, engineSocket] = Deno.args;
if (socket === undefined || engineSocket === undefined) throw new Error("Give two sockets");
const missing = () => Promise.resolve("");
await using _relay = startRelay({
  listener: await listenUnixSocket(socket),
  openUpstream: async () => connectionDuplex(await Deno.connect({ transport: "unix", path: engineSocket })),
  translatePath: workspacePaths({
    name: "bench",
    automountRoot: "/mnt/",
    socket,
    files: new PatientFiles(),
    mounts: { workspace: missing, engine: missing },
    engineHas: () => Promise.resolve(true),
    root: { attach: () => Promise.resolve(undefined), renew: () => Promise.resolve(undefined) },
  }),
  beforeStart: () => undefined,
  log: NO_LOG,
});
process.stdout.write("ready\n");
for await (const _ of Deno.stdin.readable);
