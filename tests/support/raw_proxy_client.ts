import assert from "node:assert/strict";
import { TEST_IMAGE } from "./test_image.ts";
import type { DockerClient } from "./docker_client.ts";

/** Where programs in containers find the network proxy. */
export const NETWORK_PROXY = { hostname: "http.docker.internal", port: 3128 } as const;

/** Longest wait for the end of an answer, in seconds: far above what the proxy's own limits need on a busy machine. */
const ANSWER_SECONDS = 120;
const CONTAINER = "asking";

/** A container from which a test speaks to the network proxy, byte for byte. */
export interface RawProxyClient {
  /**
   * Sends all of it on one connection, ends that direction, and reads to the end.
   *
   * @returns What came, with one character per byte; empty if the proxy only closed the connection.
   */
  send(request: string): Promise<string>;
  /** The first lines of the answers that {@linkcode send} gets, without the protocol: `["200 OK"]`. */
  statuses(request: string): Promise<string[]>;
  /** Sends `GET URL` with header lines. */
  get(url: string, ...headers: readonly string[]): Promise<string>;
  /** Sends `CONNECT TARGET`, and the bytes that follow it into the tunnel. */
  connect(target: string, bytes?: string): Promise<string>;
}

/** Starts the container, which has no rights of its own; it ends with its engine. */
export async function startRawProxyClient(
  docker: DockerClient,
  options: readonly string[] = [],
  name: string = CONTAINER,
): Promise<RawProxyClient> {
  const run = ["run", "-d", "--name", name, "--user", "1000", "--cap-drop", "ALL"];
  await docker.run([...run, ...options, TEST_IMAGE, "sleep", "86400"]);
  const send = async (request: string) => {
    const { hostname, port } = NETWORK_PROXY;
    const netcat = ["timeout", String(ANSWER_SECONDS), "nc", hostname, String(port)];
    const stdin = Uint8Array.from(request, (character) => character.charCodeAt(0));
    const { code, stdoutBytes, stderr } = await docker.attempt(["exec", "-i", name, ...netcat], { stdin });
    // 1: the connection was closed, or reset, with bytes of ours unread.
    if (code > 1) throw new Error(`Cannot send to the network proxy: exit code ${code}: ${stderr}`);
    return new TextDecoder("latin1").decode(stdoutBytes);
  };
  const get = (url: string, ...headers: readonly string[]) =>
    send([`GET ${url} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n"));
  return {
    send,
    statuses: async (request) => statusLines(await send(request)),
    get,
    connect: (target, bytes = "") => send(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n${bytes}`),
  };
}

/** The status of each answer in what came on a connection: `200 OK`. Pure. */
export function statusLines(answers: string): string[] {
  return [...answers.matchAll(/HTTP\/1\.[01] (\d{3}[^\r\n]*)\r?\n/g)].map(([, status]) => status!.trim());
}

/** The address that containers find for the proxy. */
export async function proxyAddress(docker: DockerClient): Promise<string> {
  const lookUp = ["nslookup", "-type=a", NETWORK_PROXY.hostname];
  const answer = await docker.run(["run", "--rm", TEST_IMAGE, ...lookUp]);
  const [, address] = /Name:\s+http\.docker\.internal\s+Address:\s+(\S+)/.exec(answer) ?? [];
  assert.ok(address !== undefined, answer);
  return address;
}
