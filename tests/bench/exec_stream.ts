import { formatRequest, RawConnection } from "../support/raw_http.ts";
import { BOX } from "./bench_engines.ts";

const UPGRADE = ["Connection: Upgrade", "Upgrade: tcp"];
const CHUNK = new Uint8Array(262_144);

/** Starts a program in the container of the bench; what comes back is the raw stream of it. */
export async function openExec(
  socketPath: string,
  command: readonly string[],
  stdin: boolean,
): Promise<RawConnection> {
  using control = await RawConnection.open(socketPath);
  const streams = { AttachStdin: stdin, AttachStdout: true, AttachStderr: false };
  const { body } = await control.request("POST", `/containers/${BOX}/exec`, { Cmd: command, ...streams });
  const connection = await RawConnection.open(socketPath);
  const options = { Detach: false, Tty: false };
  await connection.write(formatRequest("POST", `/exec/${JSON.parse(body).Id}/start`, options, UPGRADE));
  await connection.readUntil("\r\n\r\n");
  return connection;
}

/** Megabytes per second from the container to the client. */
export async function measureDown(socketPath: string, bytes: number): Promise<number> {
  using connection = await openExec(socketPath, ["head", "-c", String(bytes), "/dev/zero"], false);
  const buffer = new Uint8Array(1_048_576);
  const begun = performance.now();
  let received = 0;
  for (let count = 0; count !== null; count = (await connection.connection.read(buffer))!) received += count;
  if (received < bytes * 0.99) throw new Error(`Cannot measure: ${received} of ${bytes} bytes came`);
  return bytes / 1_000 / (performance.now() - begun);
}

/** Megabytes per second from the client to the container, until the container has read all of it. */
export async function measureUp(socketPath: string, bytes: number): Promise<number> {
  using connection = await openExec(socketPath, ["wc", "-c"], true);
  const begun = performance.now();
  for (let sent = 0; sent < bytes; sent += CHUNK.length) await connection.write(CHUNK);
  await connection.connection.closeWrite();
  const answer = await connection.readToEnd();
  const took = performance.now() - begun;
  const counted = Number(answer.match(/\d+\n/)?.[0]);
  if (counted < bytes) throw new Error(`Cannot measure: ${counted} of ${bytes} bytes came`);
  return bytes / 1_000 / took;
}
