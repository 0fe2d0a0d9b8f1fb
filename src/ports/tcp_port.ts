import { acceptClients } from "../overload/accept_clients.ts";
import { LogEpisodes } from "../overload/log_episodes.ts";
import { listenTcp } from "../platform/this_tcp_listener.ts";
import type { TcpListener } from "../platform/tcp_listener.ts";
import type { Duplex } from "../streams/duplex.ts";
import { HALF_CLOSED_IDLE_MILLISECONDS } from "../streams/half_close_watch.ts";
import { type Joinable, joinStreams } from "../streams/join_streams.ts";
import { sleep } from "../timing/sleep.ts";
import type { OpenPort, OpenPortOptions } from "./open_port.ts";
import { PORT_LIMITS } from "./port_limits.ts";

/**
 * Listens on a TCP port, and joins each client to a stream of its own into the engine.
 *
 * @throws What {@linkcode listenTcp} throws.
 */
export function openTcpPort(options: OpenPortOptions, listen = listenTcp): OpenPort {
  return new TcpPort(listen(options.address, options.port), options);
}

const HALF_CLOSED = { idleMilliseconds: HALF_CLOSED_IDLE_MILLISECONDS } as const;

class TcpPort implements OpenPort {
  readonly #listener: TcpListener;
  readonly #options: OpenPortOptions;
  readonly #end = new AbortController();
  readonly #accepting: Promise<void>;
  readonly #clients = new Set<Promise<void>>();
  /** The streams of clients that are joined. A listener on one signal for each would be searched at each end. */
  readonly #streams = new Set<Joinable>();
  readonly #episodes: LogEpisodes;

  constructor(listener: TcpListener, options: OpenPortOptions) {
    this.#listener = listener;
    this.#options = options;
    this.#episodes = new LogEpisodes(options.log);
    const { address, port, log } = options;
    this.#accepting = acceptClients({
      accept: () => this.#listener.accept(),
      serve: (client) => this.#take(client),
      log,
      event: "ports.accept.failed",
      fields: { address, port },
      signal: this.#end.signal,
    });
  }

  async close(): Promise<void> {
    this.#end.abort();
    this.#listener.close();
    for (const stream of this.#streams) endStream(stream);
    await this.#accepting;
    const late = new AbortController();
    const clients = Promise.all(this.#clients).finally(() => late.abort());
    // A client that takes nothing may keep its connection for a while, but not the port.
    await Promise.race([clients, sleep(PORT_LIMITS.closeMilliseconds, late.signal)]);
  }

  #take(client: Duplex): void {
    const served = this.#serve(client);
    this.#clients.add(served);
    served.finally(() => this.#clients.delete(served));
  }

  /** Never rejects. */
  async #serve(client: Duplex): Promise<void> {
    const { openTarget, takeShare, address, port, target, traffic } = this.#options;
    if (this.#end.signal.aborted) return client.close();
    using share = takeShare();
    if (share === undefined) {
      this.#episodes.log("warn", "ports.full", { address, port, open: this.#clients.size });
      return client.close();
    }
    const ended = traffic.begin();
    let stream: Joinable | undefined;
    try {
      stream = openTarget(target);
      this.#streams.add(stream);
      const { error } = await joinStreams(stream, client, { halfClosed: HALF_CLOSED, bytes: traffic });
      if (error !== null && !this.#end.signal.aborted) {
        this.#episodes.log("debug", "ports.connection.broken", { target, reason: String(error) });
      }
    } catch (error) {
      // The engine has just gone, or the link has as many streams as it may.
      this.#episodes.log("warn", "ports.connection.refused", { target, reason: String(error) });
      client.close();
    } finally {
      if (stream !== undefined) this.#streams.delete(stream);
      ended();
    }
  }
}

/** Ends a stream as broken, and with it the join that reads it. */
function endStream(stream: Joinable): void {
  stream.reset?.("the port is no longer published");
  stream.close();
}
