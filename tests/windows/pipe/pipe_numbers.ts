/** What many connections cost, counted by Windows itself. */
import assert from "node:assert/strict";
import { COMPLETION_PORT } from "../../../src/platform/windows/pipe/completion_port.ts";
import { eventually } from "../../support/eventually.ts";
import { runClient, startClient } from "./clients/run_client.ts";
import { type EchoServer, runEcho } from "./pipe_servers.ts";

/** Handles that the runtime may open or close by itself meanwhile: those of child processes and of its threads. */
const HANDLES_OF_THE_RUNTIME = 12;
/** What compiled code and the runtime's own may take more, in bytes; 10 of them a connection would show. */
const MEMORY_SPARE = 1_000_000;
/**
 * How far the process may grow, in bytes: 80 a connection would show. Garbage is collected after each round, so that
 * uncollected garbage is not counted.
 */
const RESIDENT_SPARE = 8 * 1024 * 1024;
/** Caches fill with the first connections: of handles, of compiled code. */
const WARM_UP_CONNECTIONS = 5_000;
/** Connections of one round. */
const ROUND_CONNECTIONS = 5_000;
/** Each open connection has a read buffer of 4 KiB, which it waits with; and it is an object. */
const CONNECTION_BYTES = 12 * 1024;

/** A list of every handle on the machine: two numbers ahead, then entries, with the process id as second field. */
const SYSTEM_EXTENDED_HANDLE_INFORMATION = 64;
const LIST_HEAD_BYTES = 16;
const LIST_ENTRY_BYTES = 40;
const PROCESS_ID_OFFSET = 8;
const LIST_BYTES = 8 * 1024 * 1024;

interface Numbers {
  readonly handles: number;
  readonly operations: number;
  /** What JavaScript uses, in bytes. */
  readonly memory: number;
  /** What the process has of the machine's memory, in bytes. */
  readonly resident: number;
}

function count(): Numbers {
  collectGarbage();
  const { external, heapUsed, rss } = Deno.memoryUsage();
  return {
    handles: countHandles(),
    operations: COMPLETION_PORT.operations.inUse,
    memory: heapUsed + external,
    resident: rss,
  };
}

/** Not by GetProcessHandleCount, which does not count everywhere. */
function countHandles(): number {
  const ntdll = Deno.dlopen("ntdll.dll", {
    NtQuerySystemInformation: { parameters: ["u32", "buffer", "u32", "buffer"], result: "u32" },
  });
  const list = new DataView(new ArrayBuffer(LIST_BYTES));
  const length = new Uint8Array(new ArrayBuffer(Uint32Array.BYTES_PER_ELEMENT));
  const status = ntdll.symbols.NtQuerySystemInformation(
    SYSTEM_EXTENDED_HANDLE_INFORMATION,
    new Uint8Array(list.buffer),
    LIST_BYTES,
    length,
  );
  assert.equal(status, 0);
  let count = 0;
  for (let index = 0; index < Number(list.getBigUint64(0, true)); index++) {
    const offset = LIST_HEAD_BYTES + index * LIST_ENTRY_BYTES + PROCESS_ID_OFFSET;
    if (Number(list.getBigUint64(offset, true)) === Deno.pid) count++;
  }
  return count;
}

function collectGarbage(): void {
  const { gc } = globalThis as { gc?: () => void };
  assert.ok(gc, "deno.exe was started without --v8-flags=--expose-gc");
  gc();
}

function show(what: string, { handles, operations, memory, resident }: Numbers): void {
  const megabytes = [memory, resident].map((bytes) => (bytes / 1e6).toFixed(1));
  console.log(`${what}: ${handles} handles, ${operations} operations, ${megabytes.join(" of ")} MB`);
}

/** Opens that many connections, has each answered, and closes them. */
export async function holdMany(connections: number): Promise<void> {
  using echo = await runEcho();
  const waiting = COMPLETION_PORT.operations.inUse;
  await runClient("PIPE_CLIENT", "churn", echo.address, "100");
  await untilOpen(echo, 0, waiting);
  const before = count();
  const client = startClient("PIPE_CLIENT", "hold", echo.address, `${connections}`);
  await untilOpen(echo, connections, waiting);
  const held = count();
  show(`with ${connections} connections`, held);
  const output = await client.output();
  assert.equal(output, `${connections} open\n${connections} answered\n`);
  await untilOpen(echo, 0, waiting);
  const after = count();
  show("after them", after);
  assert.ok(held.handles - before.handles >= connections);
  assert.ok(held.handles - before.handles < connections + HANDLES_OF_THE_RUNTIME);
  assert.ok(held.memory - before.memory < connections * CONNECTION_BYTES + MEMORY_SPARE);
  assert.ok(after.handles - before.handles < HANDLES_OF_THE_RUNTIME);
}

/** Serves that many connections, one after the other, and compares what Windows counts before and after. */
export async function leaveNothingBehind(connections: number): Promise<void> {
  assert.ok(connections > 0);
  using echo = await runEcho();
  const waiting = COMPLETION_PORT.operations.inUse;
  await runClient("PIPE_CLIENT", "churn", echo.address, `${WARM_UP_CONNECTIONS}`);
  await untilOpen(echo, 0, waiting);
  const size = COMPLETION_PORT.operations.size;
  const before = count();
  show("before", before);
  const begun = performance.now();
  for (let left = connections; left > 0; left -= ROUND_CONNECTIONS) {
    await runClient("PIPE_CLIENT", "churn", echo.address, `${Math.min(left, ROUND_CONNECTIONS)}`);
    await untilOpen(echo, 0, waiting);
    collectGarbage();
  }
  const after = count();
  show(`after ${connections} connections in ${Math.round((performance.now() - begun) / 1_000)} s`, after);
  assert.equal(COMPLETION_PORT.operations.size, size);
  assert.ok(after.handles - before.handles < HANDLES_OF_THE_RUNTIME);
  assert.ok(after.memory - before.memory < MEMORY_SPARE);
  assert.ok(after.resident - before.resident < RESIDENT_SPARE);
}

/**
 * Waits until that many connections are open, with one operation each. A closed one keeps its operation until its client
 * has read the last bytes.
 *
 * @param waiting the operations of the instances that wait for clients
 */
async function untilOpen(echo: EchoServer, connections: number, waiting: number): Promise<void> {
  await eventually(() => {
    const operations = COMPLETION_PORT.operations.inUse - waiting;
    assert.deepEqual({ open: echo.open, operations }, { open: connections, operations: connections });
  });
}
