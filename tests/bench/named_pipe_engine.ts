import type { Duplex } from "../../src/streams/duplex.ts";

const BLOCK = new Uint8Array(65_528);
const PONG = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");

/**
 * What the measurements take for an engine, on one connection: answers `GET /_ping`, sends `GET /images/get?bytes=N`,
 * takes the body of `POST /images/load`. A request's head has to come whole, in one read.
 */
export async function serveEngine(connection: Duplex): Promise<void> {
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
    const head = new TextDecoder().decode(bytes.subarray(0, 256));
    const wanted = /^GET \/images\/get\?bytes=(\d+)/.exec(head);
    const offered = /^POST [^]*?Content-Length: (\d+)[^]*?\r\n\r\n/.exec(head);
    if (wanted !== null) {
      await send(connection, Number(wanted[1]));
      continue;
    }
    if (offered !== null) await take(connection, Number(offered[1]) + offered[0].length - bytes.length);
    await connection.write(PONG);
  }
}

async function send(connection: Duplex, count: number): Promise<void> {
  await connection.write(new TextEncoder().encode(`HTTP/1.1 200 OK\r\nContent-Length: ${count}\r\n\r\n`));
  for (let left = count; left > 0; left -= BLOCK.length) {
    await connection.write(left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK);
  }
}

async function take(connection: Duplex, count: number): Promise<void> {
  for (let left = count; left > 0;) left -= (await connection.read())?.length ?? left;
}
