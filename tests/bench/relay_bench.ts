/**
 * What the relay costs between a client and a server on unix sockets, each in a process of its own: the same
 * measurements with and without it. Run with `deno run -A tests/bench/relay_bench.ts`.
 */
import process from "node:process";
import { NO_LOG } from "../../src/logging/log.ts";
import { listenUnixSocket } from "../../src/platform/linux/unix_socket.ts";
import { linuxPaths } from "../../src/relay/paths/linux_paths.ts";
import { startRelay } from "../../src/relay/relay.ts";
import { connectionDuplex } from "../../src/streams/connection_duplex.ts";

const WARM_UP_ROUNDS = 2_000;
const REQUEST_ROUNDS = 10_000;
const CONNECTION_ROUNDS = 2_000;
const BULK_BYTES = 1024 * 1024 * 1024;
const BLOCK = new Uint8Array(256 * 1024);
const MEGABYTE = 1_000_000;
const MICROSECONDS = 1_000;

const PING = new TextEncoder().encode("GET /_ping HTTP/1.1\r\nHost: docker\r\nUser-Agent: bench\r\n\r\n");
const PONG = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nApi-Version: 1.51\r\n\r\nOK");
const SAVE = new TextEncoder().encode("GET /images/get HTTP/1.1\r\nHost: docker\r\n\r\n");
const SAVE_HEAD = new TextEncoder().encode(`HTTP/1.1 200 OK\r\nContent-Length: ${BULK_BYTES}\r\n\r\n`);
const LOAD = new TextEncoder().encode(
  `POST /images/load HTTP/1.1\r\nHost: docker\r\nContent-Length: ${BULK_BYTES}\r\n\r\n`,
);

interface Result {
  readonly way: string;
  readonly rttP50: number;
  readonly rttP99: number;
  readonly connectP50: number;
  readonly connectP99: number;
  readonly download: number;
  readonly upload: number;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(at === 0 ? bytes : bytes.subarray(at));
}

async function readBytes(connection: Deno.Conn, count: number): Promise<void> {
  for (let left = count; left > 0;) {
    const length = await connection.read(BLOCK);
    if (length === null) return;
    left -= length;
  }
}

/** Answers pings, sends and takes bulk. Tells them apart by the first letter of the path. */
async function runEngine(path: string): Promise<void> {
  const listener = await listenUnixSocket(path);
  for (let client = await listener.accept(); client !== null; client = await listener.accept()) {
    const connection = client;
    void (async () => {
      for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
        if (bytes[5] === PING[5]) await connection.write(PONG);
        else if (bytes[0] === SAVE[0]) {
          await connection.write(SAVE_HEAD);
          for (let left = BULK_BYTES; left > 0; left -= BLOCK.length) await connection.write(BLOCK);
        } else {
          let left = BULK_BYTES + LOAD.length - bytes.length;
          while (left > 0) left -= (await connection.read())?.length ?? left;
          await connection.write(PONG);
        }
      }
      connection.close();
    })();
  }
}

function runRelay(
  path: string,
  enginePath: string,
  listener: Awaited<ReturnType<typeof listenUnixSocket>>,
): void {
  startRelay({
    listener,
    openUpstream: async () => connectionDuplex(await Deno.connect({ transport: "unix", path: enginePath })),
    translatePath: linuxPaths({ dockerSocket: path }),
    log: NO_LOG,
  });
}

async function timed(rounds: number, run: () => Promise<void>): Promise<{ p50: number; p99: number }> {
  const times: number[] = [];
  for (let round = 0; round < rounds + WARM_UP_ROUNDS; round++) {
    const start = performance.now();
    await run();
    if (round >= WARM_UP_ROUNDS) times.push((performance.now() - start) * MICROSECONDS);
  }
  times.sort((left, right) => left - right);
  return { p50: times[Math.floor(rounds * 0.5)]!, p99: times[Math.floor(rounds * 0.99)]! };
}

async function megabytesPerSecond(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return BULK_BYTES / MEGABYTE / ((performance.now() - start) / 1000);
}

async function measure(way: string, path: string): Promise<Result> {
  const connection = await Deno.connect({ transport: "unix", path });
  const rtt = await timed(REQUEST_ROUNDS, async () => {
    await writeAll(connection, PING);
    await readBytes(connection, PONG.length);
  });
  const connect = await timed(CONNECTION_ROUNDS, async () => {
    using fresh = await Deno.connect({ transport: "unix", path });
    await writeAll(fresh, PING);
    await readBytes(fresh, PONG.length);
  });
  const download = await megabytesPerSecond(async () => {
    await writeAll(connection, SAVE);
    await readBytes(connection, SAVE_HEAD.length + BULK_BYTES);
  });
  const upload = await megabytesPerSecond(async () => {
    await writeAll(connection, LOAD);
    for (let left = BULK_BYTES; left > 0; left -= BLOCK.length) await writeAll(connection, BLOCK);
    await readBytes(connection, PONG.length);
  });
  connection.close();
  return {
    way,
    rttP50: rtt.p50,
    rttP99: rtt.p99,
    connectP50: connect.p50,
    connectP99: connect.p99,
    download,
    upload,
  };
}

/** Starts this file again in another role; resolves when it listens. */
async function startRole(...args: string[]): Promise<Deno.ChildProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename!, ...args],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  await child.stdout.getReader().read();
  return child;
}

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "windlass-bench-" });
  const children: Deno.ChildProcess[] = [];
  try {
    const enginePath = `${folder}/engine.sock`;
    const relayPath = `${folder}/docker.sock`;
    children.push(await startRole("engine", enginePath));
    children.push(await startRole("relay", relayPath, enginePath));
    const results = [await measure("direct", enginePath), await measure("relay", relayPath)];
    console.table(results.map(({ way, ...numbers }) => ({
      way,
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Math.round(value)])),
    })));
    console.log("times in microseconds, throughput in MB/s");
  } finally {
    for (const child of children) {
      child.kill("SIGKILL");
      await child.status;
    }
    await Deno.remove(folder, { recursive: true });
  }
}

const [role, ...paths] = Deno.args;
if (role === "engine") {
  const running = runEngine(paths[0]!);
  process.stdout.write("ready\n");
  await running;
} else if (role === "relay") {
  runRelay(paths[0]!, paths[1]!, await listenUnixSocket(paths[0]!));
  process.stdout.write("ready\n");
} else {
  await main();
}
