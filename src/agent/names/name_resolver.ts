import { askOverTcp } from "./ask_over_tcp.ts";
import { askOverUdp, type SocketFactory } from "./ask_over_udp.ts";
import { askServers } from "./ask_servers.ts";
import { addressAnswer, type AskedQuestion, errorAnswer, parseQuery, RESPONSE_CODE } from "./dns_message.ts";
import { NAME_LIMITS } from "./name_limits.ts";
import type { OwnNames } from "./own_names.ts";
import type { ResolverConfiguration, ResolverSource } from "./resolver_configuration.ts";
import { ServerOrder } from "./server_order.ts";

/** The protocol of a question, and of its answer. */
export type Transport = "udp" | "tcp";

/** What a query leads to. */
export type Reply =
  /** An answer that is at hand. */
  | { readonly kind: "answer"; readonly answer: Uint8Array }
  /** A question for other name servers. */
  | { readonly kind: "question"; readonly asked: AskedQuestion }
  /** Nothing: the message was not a query. */
  | { readonly kind: "none" };

/** What the resolver is made with. */
export interface NameResolverOptions {
  readonly ownNames: OwnNames;
  readonly source: ResolverSource;
  readonly createSocket: SocketFactory;
}

/** Answers questions: those for our own names by itself, all others by asking other name servers. */
export class NameResolver {
  readonly #options: NameResolverOptions;
  /** Kept apart: many name servers answer over UDP alone. */
  readonly #orders: Readonly<Record<Transport, ServerOrder>> = {
    udp: new ServerOrder(),
    tcp: new ServerOrder(),
  };

  constructor(options: NameResolverOptions) {
    this.#options = options;
  }

  /** What can be said without asking anybody. */
  reply(query: Uint8Array): Reply {
    const parsed = parseQuery(query);
    switch (parsed.kind) {
      case "ignored":
        return { kind: "none" };
      case "refused":
        return { kind: "answer", answer: errorAnswer(query, parsed.code) };
      case "question": {
        const { question } = parsed;
        const address = this.#options.ownNames.get(question.name);
        if (address === undefined) return { kind: "question", asked: { query, question } };
        const answer = addressAnswer(query, question, address, NAME_LIMITS.ownNameSeconds);
        return { kind: "answer", answer };
      }
    }
  }

  /** The answer of the other name servers, untouched; a server failure if there is none. */
  async ask(asked: AskedQuestion, transport: Transport, signal: AbortSignal): Promise<Uint8Array> {
    const configuration = await this.#options.source.current();
    const begun = performance.now();
    let answer = await this.#askOver(transport, asked, configuration, signal);
    // Some routers do not serve TCP, and most answers fit into a datagram all the same.
    const isEarly = performance.now() - begun < NAME_LIMITS.patienceMilliseconds;
    if (answer === undefined && transport === "tcp" && isEarly) {
      answer = await this.#askOver("udp", asked, configuration, signal);
    }
    return answer ?? errorAnswer(asked.query, RESPONSE_CODE.serverFailure, asked.question);
  }

  #askOver(
    transport: Transport,
    asked: AskedQuestion,
    configuration: ResolverConfiguration,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const { createSocket } = this.#options;
    return askServers({
      configuration,
      order: this.#orders[transport],
      ask: (server, until) =>
        transport === "udp"
          ? askOverUdp(createSocket, asked, server, until)
          : askOverTcp(asked, server, until),
      signal,
    });
  }
}
