/**
 * Runs inside deno.exe: the port `TRIAL_PORT` is opened for a fake engine that sends everything back, and clients in the
 * same process use it; then a second deno.exe holds it. Prints `ok` at the end; a failure ends it with another exit
 * code.
 */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { NO_LOG } from "../../../src/logging/log.ts";
import type { PortRequest } from "../../../src/ports/port_request.ts";
import { PublishedPorts } from "../../../src/ports/published_ports.ts";
import type { Duplex } from "../../../src/streams/duplex.ts";
import { createMemoryDuplexPair } from "../../../src/streams/memory_duplex.ts";

/** Keeps the port of its first argument until its stdin ends. */
if (Deno.args.length > 0) {
  using _listener = Deno.listen({ hostname: "127.0.0.1", port: Number(Deno.args[0]) });
  console.log("listening");
  await Deno.stdin.read(new Uint8Array(1));
  Deno.exit(0);
}

/** The engine: every stream is sent back, which is right for connections and for datagrams. */
function openTarget(): Duplex {
  const [ours, theirs] = createMemoryDuplexPair();
  (async () => {
    for (let bytes = await theirs.read(); bytes !== null; bytes = await theirs.read()) {
      await theirs.write(bytes);
    }
    await theirs.closeWrite();
  })().catch(() => {});
  return ours;
}

const ports = new PublishedPorts({ log: NO_LOG, defaultAddress: () => "all" });
const port = Number(Deno.env.get("TRIAL_PORT"));
const request = (protocol: "tcp" | "udp", hostAddress: string): PortRequest => ({
  protocol,
  hostAddress,
  hostPort: port,
  containerAddress: "172.17.0.2",
  containerPort: 80,
});

// Both families of a port are two listeners that do not get in each other's way.
const open = [
  await ports.publish(request("tcp", "0.0.0.0"), openTarget),
  await ports.publish(request("tcp", "::"), openTarget),
  await ports.publish(request("udp", "0.0.0.0"), openTarget),
];
for (const hostname of ["127.0.0.1", "::1"]) {
  using client = await Deno.connect({ hostname, port });
  await client.write(new TextEncoder().encode("hello"));
  await client.closeWrite();
  assert.equal(await new Response(client.readable).text(), "hello");
}
assert.equal(await askDatagram("first"), "first");
// An answer to a client that has gone makes Windows report an error on the socket, which stays usable.
await sendAndLeave();
assert.equal(await askDatagram("second"), "second");
assert.equal(ports.list().length, 3);
for (const close of open) await close();
Deno.listen({ hostname: "0.0.0.0", port }).close();

// Windows would let us have all addresses beside the one of the other program, whose clients we would lose.
const holder = new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", import.meta.filename!, String(port)],
  stdin: "piped",
  stdout: "piped",
}).spawn();
const reader = holder.stdout.getReader();
await reader.read();
await assert.rejects(ports.publish(request("tcp", "0.0.0.0"), openTarget), {
  code: "WL_PORT_BUSY",
  message: `Cannot publish 0.0.0.0:${port}/tcp: 'deno.exe' (process id ${holder.pid}) holds the port`,
});
await holder.stdin.close();
await reader.cancel();
await holder.status;
console.log("ok");
Deno.exit(0);

async function askDatagram(text: string): Promise<string> {
  const socket = createSocket("udp4");
  const answer = new Promise<string>((resolve) => socket.once("message", (bytes) => resolve(String(bytes))));
  socket.send(text, port, "127.0.0.1");
  try {
    return await answer;
  } finally {
    socket.close();
  }
}

async function sendAndLeave(): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.send("gone", port, "127.0.0.1", () => resolve()));
  socket.close();
}
