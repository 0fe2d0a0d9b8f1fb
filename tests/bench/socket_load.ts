/** Runs the native client of the bench against a Docker socket. Every failure of it is an error. */
import { compiledProgram } from "../support/compile_once.ts";
import { RawConnection } from "../support/raw_http.ts";
import { runChecked } from "../support/run_command.ts";
import { BOX } from "./bench_engines.ts";

/** Pieces in which a program of a container gives or takes bytes. */
const PIECE_BYTES = 65_536;

/** What the container does while a stream of it is measured. */
export type Stream = "down in pieces" | "down as output" | "up";

const COMMANDS: Readonly<Record<Stream, (bytes: number) => readonly string[]>> = {
  "down in pieces": (bytes) => [
    ...["dd", "if=/dev/zero", `bs=${PIECE_BYTES}`, `count=${bytes / PIECE_BYTES}`],
  ],
  "down as output": (bytes) => ["head", "-c", `${bytes}`, "/dev/zero"],
  // It says how many pieces it got when it has all.
  "up": () => ["sh", "-c", `dd of=/dev/null bs=${PIECE_BYTES} iflag=fullblock 2>&1 | tail -n 1`],
};

/** Microseconds of pings: each a round trip on one connection, or each on a connection of its own. */
export async function pingTimes(
  socketPath: string,
  kind: "trips" | "connections",
  count: number,
): Promise<number[]> {
  return await times(count, socketPath, kind, `${count}`);
}

/** Microseconds of requests on one connection. @param path Of the API, such as `/containers/json`. */
export async function requestTimes(socketPath: string, path: string, count: number): Promise<number[]> {
  return await times(count, socketPath, "requests", `${count}`, path);
}

async function times(count: number, ...args: readonly string[]): Promise<number[]> {
  const times = (await load(...args)).stdout.trim().split("\n").map(Number);
  if (times.length !== count) throw new Error(`Cannot measure: ${times.length} of ${count} answers came`);
  return times;
}

/**
 * MB/s of one stream of a program in a container, for bytes that are whole pieces.
 *
 * @param apiSocket Where the program is prepared. It is started, and its stream goes, through `socketPath`.
 */
export async function streamSpeed(
  apiSocket: string,
  socketPath: string,
  stream: Stream,
  bytes: number,
): Promise<number> {
  const exec = await createExec(apiSocket, COMMANDS[stream](bytes), stream === "up");
  const { stdout, stderr } = await load(socketPath, stream === "up" ? "up" : "down", exec, `${bytes}`);
  const pieces = bytes / PIECE_BYTES;
  if (stream === "up" && !stderr.includes(`${pieces}+0 records out`)) {
    throw new Error(`Cannot measure: the container got other than ${pieces} pieces: ${stderr}`);
  }
  return Number(stdout);
}

async function load(...args: readonly string[]): ReturnType<typeof runChecked> {
  return await runChecked([await compiledProgram("tests/bench/socket_load.c"), ...args]);
}

async function createExec(socketPath: string, command: readonly string[], stdin: boolean): Promise<string> {
  using control = await RawConnection.open(socketPath);
  const request = { Cmd: command, AttachStdin: stdin, AttachStdout: true, AttachStderr: false };
  const { status, body } = await control.request("POST", `/containers/${BOX}/exec`, request);
  if (status !== 201) throw new Error(`Cannot create an exec: ${body}`);
  return JSON.parse(body).Id;
}
