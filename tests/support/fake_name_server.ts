import { createSocket, type Socket } from "node:dgram";
import { dnsFrame, DnsFrameReader } from "../../src/agent/names/dns_frames.ts";
import { parseQuery } from "../../src/agent/names/dns_message.ts";

/** How a name server treats a question; `closed` answers over UDP, and closes each TCP connection without an answer. */
export type NameServerMode = "good" | "servfail" | "refused" | "notimp" | "notauth" | "silent" | "closed";

const CODES: Readonly<Partial<Record<NameServerMode, number>>> = {
  servfail: 2,
  notimp: 4,
  refused: 5,
  notauth: 9,
};
const DNS_PORT = 53;
const IPV4_TYPE = 1;
const TRUNCATED = 0x0200;
/** Addresses of a name that begins with `big`: too many for a datagram. */
const BIG_COUNT = 60;

/**
 * A name server on an address of this machine. It knows every name: 10.9.0.N, N being the last part of its own
 * address.
 */
export interface FakeNameServer extends AsyncDisposable {
  readonly address: string;
  mode: NameServerMode;
  /** Names that get no answer at all. */
  ignores: RegExp | undefined;
  /** What it was asked: `udp some.test`. */
  readonly questions: string[];
  /** When it was first asked for a name, by `performance.now()`. */
  readonly askedAt: Map<string, number>;
}

/** Serves on an address that this machine must have. */
export async function openFakeNameServer(address: string): Promise<FakeNameServer> {
  const questions: string[] = [];
  const connections = new Set<Deno.Conn>();
  const server: Omit<FakeNameServer, keyof AsyncDisposable> = {
    address,
    mode: "good",
    ignores: undefined,
    questions,
    askedAt: new Map(),
  };
  const respond = (query: Uint8Array, transport: "udp" | "tcp") => {
    const parsed = parseQuery(query);
    if (parsed.kind !== "question") return undefined;
    if (server.ignores?.test(parsed.question.name)) return undefined;
    const { name } = parsed.question;
    questions.push(`${transport} ${name}`);
    if (!server.askedAt.has(name)) server.askedAt.set(name, performance.now());
    if (server.mode === "silent") return undefined;
    return answer(query, { ...parsed.question, transport, mode: server.mode, last: lastPart(address) });
  };

  const socket = await bound(address);
  socket.on("message", (query: Uint8Array, client) => {
    const found = respond(query, "udp");
    if (found !== undefined) socket.send(found, client.port, client.address, () => {});
  });
  const listener = Deno.listen({ hostname: address, port: DNS_PORT });
  const serve = async (connection: Deno.Conn) => {
    using owned = connection;
    connections.add(owned);
    const query = await new DnsFrameReader(owned).next().catch(() => undefined);
    if (query !== undefined && server.mode !== "closed") {
      const found = respond(query, "tcp");
      if (found !== undefined) await owned.write(dnsFrame(found)).catch(() => {});
      else await owned.read(new Uint8Array(1)).catch(() => {});
    }
    connections.delete(owned);
  };
  const accepting = (async () => {
    for await (const connection of listener) serve(connection);
  })();
  return Object.assign(server, {
    [Symbol.asyncDispose]: async () => {
      listener.close();
      for (const connection of connections) connection.close();
      await accepting;
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  });
}

function bound(address: string): Promise<Socket> {
  const socket = createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(DNS_PORT, address, () => resolve(socket));
  });
}

function lastPart(address: string): number {
  return Number(address.split(".").at(-1));
}

function answer(
  query: Uint8Array,
  { name, type, end, transport, mode, last }: {
    readonly name: string;
    readonly type: number;
    readonly end: number;
    readonly transport: "udp" | "tcp";
    readonly mode: NameServerMode;
    readonly last: number;
  },
): Uint8Array {
  const code = CODES[mode] ?? 0;
  const isBig = name.startsWith("big");
  const isCut = isBig && transport === "udp" && code === 0;
  const count = code !== 0 || isCut || type !== IPV4_TYPE ? 0 : isBig ? BIG_COUNT : 1;
  const records = Array.from({ length: count }, (_, index) => [
    ...[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4],
    ...[10, 9, index, last],
  ]).flat();
  const message = Uint8Array.from([...query.subarray(0, end), ...records]);
  const view = new DataView(message.buffer);
  view.setUint16(2, 0x8180 | code | (isCut ? TRUNCATED : 0));
  view.setUint16(6, count);
  view.setUint32(8, 0);
  return message;
}
