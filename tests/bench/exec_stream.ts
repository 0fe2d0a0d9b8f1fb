import { formatRequest, RawConnection } from "../support/raw_http.ts";
import { BOX } from "./bench_engines.ts";

const UPGRADE = ["Connection: Upgrade", "Upgrade: tcp"];

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
