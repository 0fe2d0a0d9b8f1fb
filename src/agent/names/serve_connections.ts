import type { Log } from "../../logging/log.ts";
import { acceptClients } from "../../overload/accept_clients.ts";
import { ClientShares } from "./client_shares.ts";
import { closeOnAbort, writeAll } from "./ask_over_tcp.ts";
import { dnsFrame, DnsFrameReader } from "./dns_frames.ts";
import { DNS_PORT } from "./dns_message.ts";
import { NAME_LIMITS } from "./name_limits.ts";
import type { NameResolver, Reply } from "./name_resolver.ts";

/** The part of a connection that is used. */
export type NameConnection = Pick<Deno.Conn, "read" | "write"> & Disposable;

/** Serves questions that come over TCP, to the end of the process. */
export async function serveConnections(
  { address, resolver, log }: {
    readonly address: string;
    readonly resolver: NameResolver;
    readonly log: Log;
  },
): Promise<void> {
  const listener = Deno.listen({ hostname: address, port: DNS_PORT });
  const { connectionsPerClient: perClient, connections: total, shareOfFree } = NAME_LIMITS;
  const shares = new ClientShares({ perClient, total, shareOfFree });
  await acceptClients({
    accept: () => listener.accept(),
    serve: async (connection) => {
      using share = shares.take(connection.remoteAddr.hostname);
      if (share === undefined) connection.close();
      else await serveConnection(connection, resolver);
    },
    log,
    event: "agent.names.accept.failed",
  });
}

/**
 * Answers the questions of one connection, as many as come, in the order in which the answers are found. Closes it at
 * its end, or when neither a question nor the reading of an answer makes progress. Never rejects.
 */
export async function serveConnection(
  connection: NameConnection,
  resolver: Pick<NameResolver, "reply" | "ask">,
): Promise<void> {
  using idle = new IdleLimit(NAME_LIMITS.idleMilliseconds);
  using _connection = connection;
  using _close = closeOnAbort(connection, idle.signal);
  const underWay = new Set<Promise<void>>();
  const end = () => connection[Symbol.dispose]();
  let lastWrite = Promise.resolve();
  const send = (answer: Uint8Array) => {
    lastWrite = lastWrite.then(() => writeAll(connection, dnsFrame(answer))).then(() => idle.restart());
    return lastWrite;
  };
  try {
    const frames = new DnsFrameReader(connection);
    for (let query = await frames.next(); query !== undefined; query = await frames.next()) {
      idle.restart();
      const reply = resolver.reply(query);
      if (reply.kind === "none") break;
      const answering = answerOf(reply, resolver, idle.signal).then(send).catch(end);
      underWay.add(answering);
      answering.then(() => underWay.delete(answering));
      if (underWay.size >= NAME_LIMITS.questionsPerConnection) await Promise.race(underWay);
    }
  } catch {
    // The client has gone, or the connection was closed over its idleness.
  }
  // A client that has no more questions still waits for its answers.
  await Promise.all(underWay);
}

function answerOf(
  reply: Exclude<Reply, { kind: "none" }>,
  resolver: Pick<NameResolver, "ask">,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return reply.kind === "answer" ? Promise.resolve(reply.answer) : resolver.ask(reply.asked, "tcp", signal);
}

/** Aborts its signal when it was not restarted for some time. */
class IdleLimit implements Disposable {
  readonly #milliseconds: number;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout>;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  #start(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(), this.#milliseconds);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
