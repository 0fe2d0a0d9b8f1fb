import { bufferConnection, type BufferedConnection, copyUntilEnd } from "./buffered_connection.ts";
import { challengeMessage, JANE, messageType, namedAccount, proves } from "./ntlm_messages.ts";

/** How a proxy asks for sign-in. */
export interface NtlmProxyOptions {
  /** What it offers, in its order; `NTLM` without it, and with an empty list everybody may pass. It takes messages of NTLM by Negotiate too. */
  readonly offers?: readonly ("NTLM" | "Negotiate" | "Basic")[];
  /** Whether it closes the connection after the first answer, as some do. Not in the middle of the exchange. */
  readonly closesFirst?: boolean;
  /** Names that it alone knows, with the ports of this machine that they stand for. */
  readonly names?: Readonly<Record<string, number>>;
}

/** A request as the proxy has answered it. */
export interface NtlmProxyRequest {
  /** Such as `CONNECT registry.corp.example:443`. */
  readonly line: string;
  /** Counts connections from 0. */
  readonly connection: number;
  /** Such as `407`, `407 challenge`, `403 wrong proof of CORP\jane` or `passed as CORP\jane`. */
  readonly outcome: string;
}

/** A proxy on loopback that lets {@linkcode JANE} pass, who must sign in on each connection. */
export interface NtlmProxy extends AsyncDisposable {
  readonly port: number;
  readonly requests: readonly NtlmProxyRequest[];
}

const CHALLENGE_BYTES = 8;

/** Opens the proxy. Disposing it ends all its connections. */
export function openNtlmProxy(options: NtlmProxyOptions = {}): NtlmProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: NtlmProxyRequest[] = [];
  const open = new Set<Disposable>();
  const work = new Set<Promise<void>>();
  let connections = 0;
  const accepting = (async () => {
    for await (const accepted of listener) {
      const client = bufferConnection(accepted);
      open.add(client);
      const served = new ProxyConnection(client, connections++, options, requests, open).serve()
        .catch(() => {}) // a client that goes away ends its connection and nothing else
        .finally(() => {
          open.delete(client);
          client[Symbol.dispose]();
          work.delete(served);
        });
      work.add(served);
    }
  })();
  return {
    port: listener.addr.port,
    requests,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) connection[Symbol.dispose]();
      await Promise.all([accepting, ...work]);
    },
  };
}

/** One connection of a client, which signs in once for all its requests. */
class ProxyConnection {
  readonly #offers: NonNullable<NtlmProxyOptions["offers"]>;
  #challenge: Uint8Array | undefined;
  #user: string | undefined;

  constructor(
    readonly client: BufferedConnection,
    readonly id: number,
    readonly options: NtlmProxyOptions,
    readonly requests: NtlmProxyRequest[],
    readonly open: Set<Disposable>,
  ) {
    this.#offers = options.offers ?? ["NTLM"];
  }

  async serve(): Promise<void> {
    for (;;) {
      const head = await this.client.readHead();
      if (head === null) return;
      const line = head.slice(0, head.indexOf("\r\n")).replace(/ HTTP\/1\.[01]$/, "");
      const refusal = this.#offers.length === 0 || this.#user !== undefined ? undefined : this.#signIn(head);
      this.requests.push({
        line,
        connection: this.id,
        outcome: refusal?.outcome ?? `passed as ${this.#user}`,
      });
      if (refusal === undefined) {
        await this.#forward(head, line);
        return;
      }
      await this.client.write(refusal.answer);
      if (refusal.closes) return;
    }
  }

  /** What to answer to somebody who has not signed in; `undefined` once they have. */
  #signIn(head: string) {
    const [, scheme = "", text = ""] = /^proxy-authorization: *(NTLM|Negotiate) +(\S+)/im.exec(head) ?? [];
    if (text === "") {
      const lines = this.#offers.map((offer) => offer === "Basic" ? 'Basic realm="proxy"' : offer);
      return refuse("407", lines, this.options.closesFirst ?? false);
    }
    const token = Uint8Array.fromBase64(text);
    const type = messageType(token);
    if (type === 1) {
      this.#challenge = crypto.getRandomValues(new Uint8Array(CHALLENGE_BYTES));
      const message = challengeMessage(this.#challenge, JANE.domain).toBase64();
      return refuse("407 challenge", [`${scheme} ${message}`], false);
    }
    if (type !== 3 || this.#challenge === undefined) return refuse("407 out of turn", [scheme], true);
    const { domain, user } = namedAccount(token);
    if (!proves(token, this.#challenge, JANE)) {
      return refuse(`407 wrong proof of ${domain}\\${user}`, [scheme], false);
    }
    this.#user = `${domain}\\${user}`;
    return undefined;
  }

  /** A tunnel, or one request of which the server's end is the client's. */
  async #forward(head: string, line: string): Promise<void> {
    const [method = "", address = ""] = line.split(" ");
    const url = new URL(method === "CONNECT" ? `tunnel://${address}` : address);
    const named = this.options.names?.[url.hostname];
    const server = bufferConnection(
      await Deno.connect({
        hostname: named === undefined ? url.hostname : "127.0.0.1",
        port: named ?? Number(url.port || 80),
      }),
    );
    this.open.add(server);
    try {
      if (method === "CONNECT") await this.client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      else {
        const kept = head.replace(address, url.pathname + url.search)
          .replace(/^(proxy-[\w-]+|connection): .*\r\n/gim, "");
        await server.write(kept.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"));
      }
      await Promise.all([copyUntilEnd(this.client, server), copyUntilEnd(server, this.client)]);
    } finally {
      this.open.delete(server);
      server[Symbol.dispose]();
    }
  }
}

function refuse(outcome: string, challenges: readonly string[], closes: boolean) {
  const body = "You must sign in.\n";
  const lines = [
    "HTTP/1.1 407 Proxy Authentication Required",
    ...challenges.map((challenge) => `Proxy-Authenticate: ${challenge}`),
    "Content-Type: text/plain",
    `Content-Length: ${body.length}`,
    ...(closes ? ["Connection: close"] : []),
  ];
  return { outcome, closes, answer: `${lines.join("\r\n")}\r\n\r\n${body}` };
}
