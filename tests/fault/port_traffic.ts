/** Clients of published ports that continue until they are stopped. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { eventually } from "../support/eventually.ts";
import { curl } from "../support/port_lab.ts";
import { runChecked } from "../support/run_command.ts";

/** Milliseconds between two datagrams: often enough that a kill falls between one and its answer. */
const DATAGRAM_MILLISECONDS = 20;
const ENCODER = new TextEncoder();

/** Traffic over one published port, TCP and UDP. Disposal ends it. */
export interface PortTraffic extends Disposable {
  /** Resolves when the TCP connection has ended, however. */
  readonly ended: Promise<void>;
  /** Datagrams that were answered. */
  readonly answers: () => number;
}

/** A download without an end, and datagrams that each ask for an answer. Resolves when both flow. */
export async function startPortTraffic(port: number): Promise<PortTraffic> {
  using owned = new DisposableStack();
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  owned.defer(() => connection.close());
  await connection.write(ENCODER.encode("GET /bytes/1000000000000 HTTP/1.1\r\n\r\n"));
  const buffer = new Uint8Array(65_536);
  assert.ok(await connection.read(buffer));

  let answers = 0;
  const socket = createSocket("udp4");
  owned.defer(() => socket.close());
  socket.on("message", () => answers++);
  socket.on("error", () => {}); // a closed port may be told to a socket that sent to it
  const timer = setInterval(() => socket.send("ping", port, "127.0.0.1"), DATAGRAM_MILLISECONDS);
  owned.defer(() => clearInterval(timer));
  await eventually(() => assert.ok(answers > 0));

  const stack = owned.move();
  return {
    ended: untilEnd(connection, buffer),
    answers: () => answers,
    [Symbol.dispose]: () => stack.dispose(),
  };
}

/** @throws {assert.AssertionError} when the port does not answer, on TCP or on UDP. */
export async function assertAnswers(port: number): Promise<void> {
  assert.equal((await curl(`http://127.0.0.1:${port}/`)).stdout, "hello\n");
  const { stdout } = await runChecked(["socat", "-t", "1", "-", `UDP4:127.0.0.1:${port}`], { stdin: "u" });
  assert.equal(stdout, "u");
}

/** The protocols for which this machine has the port open, once for each address. */
export async function openProtocols(port: number): Promise<string[]> {
  const { stdout } = await runChecked(["ss", "-Hlntu", `sport = :${port}`]);
  return stdout.split("\n").filter((line) => line !== "").map((line) => line.split(/\s+/)[0]!).sort();
}

async function untilEnd(connection: Deno.Conn, buffer: Uint8Array): Promise<void> {
  try {
    while (await connection.read(buffer) !== null);
  } catch {
    // Reset, or closed by us: ended as well.
  }
}
