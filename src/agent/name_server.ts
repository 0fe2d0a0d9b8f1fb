import type { Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Log } from "../logging/log.ts";
import { connectionDuplex } from "../streams/connection_duplex.ts";
import { joinStreams } from "../streams/join_streams.ts";
import { AGENT_LIMITS } from "./agent_limits.ts";
import { addressAnswer, failureAnswer, parseQuestion } from "./name_message.ts";

/** Names that stand for the user's machine, in containers as elsewhere. */
const HOST_NAMES: ReadonlySet<string> = new Set(["host.docker.internal", "gateway.docker.internal"]);
const PORT = 53;
const RESOLVER_FILE = "/etc/resolv.conf";

/** What the name server is made with. */
export interface NameServerOptions {
  /** Where it listens; containers are told to ask there. */
  readonly address: string;
  /** The address that stands for the user's machine. */
  readonly hostAddress: string;
  readonly log: Log;
}

/**
 * The name server of all containers: knows the names of the user's machine, and passes every other question on to the
 * distro's own name servers as it is. Ends with the process. Never rejects.
 */
export async function serveNames(options: NameServerOptions): Promise<void> {
  try {
    await Promise.all([serveDatagrams(options), serveConnections(options.address)]);
  } catch (error) {
    options.log("error", "agent.names.failed", { reason: String(error) });
  }
}

async function serveDatagrams({ address, hostAddress }: NameServerOptions): Promise<void> {
  const { createSocket } = await import("node:dgram");
  const server = createSocket("udp4");
  let open = 0;
  server.on("message", async (query: Uint8Array, client) => {
    const question = parseQuestion(query);
    if (question === undefined || open >= AGENT_LIMITS.nameQueries) return;
    const reply = (answer: Uint8Array) => server.send(answer, client.port, client.address, () => {});
    if (HOST_NAMES.has(question.name)) {
      return reply(addressAnswer(query, question, hostAddress, AGENT_LIMITS.nameSeconds));
    }
    open++;
    const answer = await askAll(query, createSocket);
    open--;
    reply(answer ?? failureAnswer(query, question));
  });
  // What went to a client that has gone concerns nobody.
  server.on("error", () => {});
  server.bind(PORT, address);
}

/** The first answer of the distro's name servers, which are asked one after the other. */
async function askAll(query: Uint8Array, createSocket: SocketFactory): Promise<Uint8Array | undefined> {
  for (const server of await nameServers()) {
    const answer = await askOne(query, server, createSocket);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

type SocketFactory = (type: "udp4" | "udp6") => Socket;

/** From a port of its own for each question, so that nobody can guess where an answer would be believed. */
function askOne(
  query: Uint8Array,
  server: string,
  createSocket: SocketFactory,
): Promise<Uint8Array | undefined> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
  const socket = createSocket(isIPv6(server) ? "udp6" : "udp4");
  const timer = setTimeout(() => resolve(undefined), AGENT_LIMITS.nameServerMilliseconds);
  socket.on("error", () => resolve(undefined));
  socket.on("message", (answer: Uint8Array) => {
    if (answer[0] === query[0] && answer[1] === query[1]) resolve(answer);
  });
  try {
    socket.connect(PORT, server, () => socket.send(query, () => {}));
  } catch {
    resolve(undefined); // what stands in the file is no address
  }
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

/** Answers that are too long for a datagram come over TCP; our own names never do. */
async function serveConnections(hostname: string): Promise<void> {
  for await (const client of Deno.listen({ hostname, port: PORT })) {
    connectFirst().then((server) => joinStreams(connectionDuplex(client), connectionDuplex(server))).catch(
      () => client.close(),
    );
  }
}

async function connectFirst(): Promise<Deno.Conn> {
  for (const hostname of await nameServers()) {
    try {
      return await Deno.connect({ hostname, port: PORT });
    } catch {
      // The next one, then.
    }
  }
  throw new Deno.errors.NotConnected("no name server answers");
}

/** The distro's own, as they are now: WSL changes the file when the machine's network changes. */
async function nameServers(): Promise<string[]> {
  return parseNameServers(await Deno.readTextFile(RESOLVER_FILE).catch(() => ""));
}

/** The addresses on the `nameserver` lines of resolv.conf(5). Pure. */
export function parseNameServers(text: string): string[] {
  return text.split("\n").flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.slice(1) ?? []);
}
