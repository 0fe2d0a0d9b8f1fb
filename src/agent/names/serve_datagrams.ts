import type { Log } from "../../logging/log.ts";
import type { SocketFactory } from "./ask_over_udp.ts";
import { ClientShares } from "./client_shares.ts";
import { DNS_PORT } from "./dns_message.ts";
import { NAME_LIMITS } from "./name_limits.ts";
import type { NameResolver } from "./name_resolver.ts";

/** Serves questions that come as datagrams, to the end of the process. */
export function serveDatagrams(
  { address, resolver, createSocket, log }: {
    readonly address: string;
    readonly resolver: NameResolver;
    readonly createSocket: SocketFactory;
    readonly log: Log;
  },
): void {
  const server = createSocket("udp4");
  const { questionsPerClient: perClient, questions: total, shareOfFree } = NAME_LIMITS;
  const shares = new ClientShares({ perClient, total, shareOfFree });
  server.on("message", async (query: Uint8Array, client) => {
    // A failed send to a client that has gone must not affect others.
    const send = (answer: Uint8Array) => server.send(answer, client.port, client.address, () => {});
    const reply = resolver.reply(query);
    if (reply.kind === "none") return;
    if (reply.kind === "answer") return send(reply.answer);
    using share = shares.take(client.address);
    if (share === undefined) return;
    // A signal of its own: those derived from it go with this question.
    send(await resolver.ask(reply.asked, "udp", new AbortController().signal));
  });
  server.on("error", (error) => log("warn", "agent.names.datagrams", { reason: error.message }));
  server.bind(DNS_PORT, address);
}
