import type { Socket } from "node:dgram";
import { isIpv6 } from "../../platform/addresses.ts";
import { type AskedQuestion, DNS_PORT, isAnswerTo } from "./dns_message.ts";

/** What makes a datagram socket: `createSocket` of `node:dgram`, which is loaded when it is used. */
export type SocketFactory = (type: "udp4" | "udp6") => Socket;

/**
 * Asks a server by a datagram, from a port of its own for each question, so that nobody can guess where an answer
 * would be believed. Resolves to nothing if the server cannot be reached, or with the signal.
 */
export function askOverUdp(
  createSocket: SocketFactory,
  asked: AskedQuestion,
  server: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
  const socket = createSocket(isIpv6(server) ? "udp6" : "udp4");
  const give = () => resolve(undefined);
  signal.addEventListener("abort", give, { once: true });
  socket.on("error", give);
  socket.on("message", (answer: Uint8Array) => {
    if (isAnswerTo(answer, asked)) resolve(answer);
  });
  try {
    socket.connect(DNS_PORT, server, () => socket.send(asked.query, (error) => error && give()));
  } catch {
    give(); // no route to an address of this family
  }
  return promise.finally(() => {
    signal.removeEventListener("abort", give);
    socket.close();
  });
}
