import assert from "node:assert/strict";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { NO_LOG } from "../../src/logging/log.ts";
import type { Duplex } from "../../src/streams/duplex.ts";
import { createMemoryDuplexPair } from "../../src/streams/memory_duplex.ts";
import { ByteInput } from "../../src/proxy/http/byte_input.ts";
import { latin1 } from "../../src/proxy/http/message_head.ts";
import { RecentHosts } from "../../src/proxy/recent_hosts.ts";
import type { SignIn } from "../../src/proxy/sign_in/sign_in.ts";
import { UpstreamBook } from "../../src/proxy/upstream/upstream_book.ts";
import { type ProxyAddress, type Target, type Way, wayText } from "../../src/proxy/way.ts";
import type { ProxyParts } from "../../src/proxy/server/proxy_parts.ts";
import { ProxyServer } from "../../src/proxy/server/proxy_server.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
export const DIRECT: Way = { kind: "direct" };
/** The way through a proxy at port 3128. */
export const proxyWay = (hostname: string, scheme: ProxyAddress["scheme"] = "http"): Way => ({
  kind: "proxy",
  proxy: { scheme, hostname, port: 3128 },
});

/** A connection that the proxy has made, from its other end. */
export class Server {
  readonly #input: ByteInput;

  constructor(readonly opened: string, readonly stream: Duplex) {
    this.#input = new ByteInput(stream);
  }

  /** The next head that arrives, its lines joined; `undefined` at the end. */
  async head(): Promise<string | undefined> {
    const head = await this.#input.head(100_000);
    return head && latin1(head).trimEnd().replaceAll("\r\n", " | ");
  }

  /** The next bytes. */
  async text(): Promise<string | null> {
    const piece = await this.#input.piece();
    return piece && latin1(piece);
  }

  async write(text: string): Promise<void> {
    await this.stream.write(bytes(text));
  }
}

/** The methods of a stream, to which others can be added. */
function bound(stream: Duplex): Duplex {
  return {
    read: () => stream.read(),
    write: (bytes) => stream.write(bytes),
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
    [Symbol.dispose]: () => stream.close(),
  };
}

/** One client's connection to a proxy whose connections end in the test. */
export class ProxyLab {
  readonly hosts = new RecentHosts();
  readonly upstreams = new UpstreamBook();
  readonly proxy: ProxyServer;
  readonly done: Promise<void>;
  /** How often the room of the connection was given back. */
  released = 0;
  readonly #client: Duplex;
  readonly #gone = new AbortController();
  readonly #servers: Server[] = [];
  #arrived: () => void = () => {};
  /** Why the client's connection was ended as broken. */
  broken: string | undefined;
  /** The ways of every target. */
  ways: Way[] = [DIRECT];
  /** The containers that ports of this machine lead to. */
  containers = new Map<number, string[]>();
  /** Ways that fail. */
  failures = new Map<string, WindlassError>();
  signIn: SignIn = {
    ofConnection: false,
    answer: () => Promise.reject(new WindlassError("WL_PROXY_CREDENTIALS_NEEDED", "Cannot sign in")),
    succeeded: () => {},
    [Symbol.dispose]: () => {},
  };

  /** @param hasRoom Whether the client may have this connection. */
  constructor({ hasRoom = true, limits }: { hasRoom?: boolean; limits?: ProxyParts["limits"] } = {}) {
    const [client, served] = createMemoryDuplexPair();
    this.#client = client;
    const open = (what: string) => (way: Way, target: Target) => {
      const failure = this.failures.get(wayText(way));
      if (failure !== undefined) return Promise.reject(failure);
      const [ours, theirs] = createMemoryDuplexPair();
      this.#servers.push(new Server(`${what} ${target.hostname}:${target.port} by ${wayText(way)}`, theirs));
      this.#arrived();
      return Promise.resolve(ours);
    };
    const reset = (reason: string) => {
      this.broken = reason;
      served.close();
    };
    const joinable = { ...bound(served), reset, gone: this.#gone.signal };
    this.proxy = new ProxyServer({
      ways: { decide: () => Promise.resolve({ ways: this.ways, rule: "the test" }) },
      upstreams: this.upstreams,
      hosts: this.hosts,
      containersAt: (port) => this.containers.get(port) ?? [],
      opener: {
        tunnel: (target, way) => open("tunnel")(way, target),
        upstream: (proxy, target) => open("upstream")({ kind: "proxy", proxy }, target),
      },
      openSignIn: () => this.signIn,
      log: NO_LOG,
      ...limits === undefined ? {} : { limits },
    });
    const release = () => void this.released++;
    const share = hasRoom ? { release, [Symbol.dispose]: release } : undefined;
    this.done = this.proxy.serve({ accept: () => joinable }, { name: "172.17.0.2", share });
  }

  /** Sends text; nobody need read it. */
  send(text: string): void {
    this.#client.write(bytes(text)).catch(() => {}); // the proxy may end first
  }

  /** The next connection that the proxy makes. */
  async server(): Promise<Server> {
    while (this.#servers.length === 0) await new Promise<void>((resolve) => this.#arrived = resolve);
    return this.#servers.shift()!;
  }

  /** What the client gets until it has that many characters. */
  async receive(length: number): Promise<string> {
    let text = "";
    while (text.length < length) {
      const piece = await this.#client.read();
      assert.ok(piece !== null, `the connection ended after ${JSON.stringify(text)}`);
      text += latin1(piece);
    }
    return text;
  }

  /** What the client gets until the end. */
  async rest(): Promise<string> {
    let text = "";
    for (let piece = await this.#client.read(); piece !== null; piece = await this.#client.read()) {
      text += latin1(piece);
    }
    this.#client.close();
    await this.done;
    return text;
  }

  async closeWrite(): Promise<void> {
    await this.#client.closeWrite();
  }

  /** The client leaves, which a stream of the mux reports. */
  async end(): Promise<void> {
    this.#client.close();
    this.#gone.abort(new Error("the client has gone"));
    await this.done;
  }
}
