import { errorText } from "../errors/error_text.ts";
import type { NetworkListener } from "../agent/protocol/stream_target.ts";
import { isWindlassError } from "../errors/windlass_error.ts";
import type { Log } from "../logging/log.ts";
import type { Duplex } from "../streams/duplex.ts";
import { LineSplitter } from "../streams/line_splitter.ts";
import { parseListeners, requestsFor } from "./listener_requests.ts";
import type { OpenTarget } from "./open_port.ts";
import { PORT_LIMITS } from "./port_limits.ts";
import type { PortRequest } from "./port_request.ts";
import type { PublishedPorts } from "./published_ports.ts";

/** What the ports of listeners are opened with. */
export interface NetworkListenersOptions {
  readonly ports: Pick<PublishedPorts, "publish" | "isPublished">;
  readonly openTarget: OpenTarget;
  readonly log: Log;
}

type ClosePort = () => Promise<void>;

/** What is open for one port of the listeners: on both families, or nothing. */
interface OpenListener {
  /** What it was opened for. */
  readonly asked: string;
  readonly closes: readonly ClosePort[];
}

/** Keeps the ports of one engine's listeners open, for as long as the agent's stream says so. */
export class NetworkListeners {
  readonly #options: NetworkListenersOptions;
  /** By protocol and port. */
  readonly #open = new Map<string, OpenListener>();

  constructor(options: NetworkListenersOptions) {
    this.#options = options;
  }

  /** Follows the lists of a stream until it ends, then closes all. Never rejects. */
  async follow(stream: Duplex): Promise<void> {
    try {
      const splitter = new LineSplitter(PORT_LIMITS.listenersLineBytes);
      for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
        // Only the newest list matters.
        const listeners = parseListeners(splitter.push(bytes).at(-1) ?? "");
        if (listeners !== undefined) await this.#become(listeners);
      }
    } catch (error) {
      this.#options.log("debug", "ports.listeners.ended", { reason: String(error) });
    } finally {
      await this.#become([]);
      stream.close();
    }
  }

  async #become(listeners: readonly NetworkListener[]): Promise<void> {
    const wanted = requestsFor(listeners);
    for (const [key, { asked, closes }] of [...this.#open]) {
      const requests = wanted.get(key);
      if (requests !== undefined && JSON.stringify(requests) === asked) continue;
      this.#open.delete(key);
      for (const close of closes) await close();
    }
    const { ports } = this.#options;
    for (const [key, requests] of wanted) {
      const { protocol, hostPort } = requests[0]!;
      // dockerd itself listens on what is published; that port is open already.
      if (this.#open.has(key) || ports.isPublished(protocol, hostPort)) continue;
      this.#open.set(key, { asked: JSON.stringify(requests), closes: await this.#openAll(requests) });
    }
  }

  /**
   * Opens both families, or neither: a program of this machine that has the port of one family is what `localhost`
   * means there, and a container must not take its place on the other.
   */
  async #openAll(requests: readonly PortRequest[]): Promise<ClosePort[]> {
    const { ports, openTarget, log } = this.#options;
    const closes: ClosePort[] = [];
    for (const request of requests) {
      try {
        closes.push(await ports.publish(request, openTarget, "host-network"));
      } catch (error) {
        if (isWindlassError(error) && error.code === "WL_PORT_ADDRESS") continue; // a machine without IPv6
        const reason = errorText(error);
        log("warn", "ports.listener.refused", { reason });
        for (const close of closes) await close();
        return [];
      }
    }
    return closes;
  }
}
