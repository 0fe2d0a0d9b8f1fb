import { listenTcp, type TcpListener } from "../platform/tcp_listener.ts";
import type { Duplex } from "../streams/duplex.ts";
import { joinStreams } from "../streams/join_streams.ts";
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

class TcpPort implements OpenPort {
  readonly #listener: TcpListener;
  readonly #options: OpenPortOptions;
  readonly #end = new AbortController();
  readonly #accepting: Promise<void>;
  readonly #clients = new Set<Promise<void>>();

  constructor(listener: TcpListener, options: OpenPortOptions) {
    this.#listener = listener;
    this.#options = options;
    this.#accepting = this.#acceptAll();
  }

  async close(): Promise<void> {
    this.#end.abort(new Error("the port is not published any more"));
    this.#listener.close();
    await this.#accepting;
    await Promise.all(this.#clients);
  }

  async #acceptAll(): Promise<void> {
    const { log, address, port } = this.#options;
    while (!this.#end.signal.aborted) {
      try {
        const client = await this.#listener.accept();
        if (client === null) return;
        const served = this.#serve(client);
        this.#clients.add(served);
        served.finally(() => this.#clients.delete(served));
      } catch (error) {
        log("warn", "ports.accept.failed", { address, port, reason: String(error) });
        await sleep(PORT_LIMITS.acceptPauseMilliseconds, this.#end.signal);
      }
    }
  }

  /** Never rejects. */
  async #serve(client: Duplex): Promise<void> {
    const { openTarget, target, traffic, log } = this.#options;
    const ended = traffic.begin();
    try {
      const { signal } = this.#end;
      const { error } = await joinStreams(traffic.counted(client), openTarget(target), { signal });
      if (error !== null && !signal.aborted) {
        log("debug", "ports.connection.broken", { target, reason: String(error) });
      }
    } catch (error) {
      // The engine has just gone, or has as many streams as it may.
      log("warn", "ports.connection.refused", { target, reason: String(error) });
      client.close();
    } finally {
      ended();
    }
  }
}
