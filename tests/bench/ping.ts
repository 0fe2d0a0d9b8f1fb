const REQUEST = new TextEncoder().encode("GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n");
/** The answer's last bytes: the end of its head, and "OK". */
const ENDING = "\r\n\r\nOK";
const decoder = new TextDecoder("latin1");

/** A connection that pings, with as little code as can be between the clock and the socket. */
export async function openPing(socketPath: string): Promise<Deno.UnixConn> {
  return await Deno.connect({ transport: "unix", path: socketPath });
}

/** One request and its answer. */
export async function ping(connection: Deno.UnixConn, buffer: Uint8Array): Promise<void> {
  await connection.write(REQUEST);
  let length = 0;
  do {
    const count = await connection.read(buffer.subarray(length));
    if (count === null) throw new Error("Cannot ping: the connection ended");
    length += count;
  } while (!decoder.decode(buffer.subarray(0, length)).endsWith(ENDING));
}

/** Microseconds of each of `count` pings on one connection. */
export async function roundTrips(socketPath: string, count: number): Promise<number[]> {
  using connection = await openPing(socketPath);
  const buffer = new Uint8Array(4_096);
  await ping(connection, buffer);
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const begun = performance.now();
    await ping(connection, buffer);
    times.push((performance.now() - begun) * 1_000);
  }
  return times;
}
