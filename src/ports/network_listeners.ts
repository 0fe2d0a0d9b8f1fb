import type { Log } from "../logging/log.ts";
import type { Duplex } from "../streams/duplex.ts";
import type { OpenTarget } from "./open_port.ts";
import { PORT_LIMITS } from "./port_limits.ts";
import type { PortRequest } from "./port_request.ts";
import type { PublishedPorts } from "./published_ports.ts";

/** A port that a program in the engine's own network listens on, as the agent tells it. */
export interface NetworkListener {
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
}

/**
 * What is opened on this machine for a listener: its port on the loopback address, of IPv4 and, for one that has IPv6,
 * of both. Never more: nobody asked for it with `-p`. Pure.
 */
export function requestsFor({ protocol, address, port }: NetworkListener): PortRequest[] {
  const request = (hostAddress: string, containerAddress: string): PortRequest => ({
    ...{ protocol, hostAddress, hostPort: port, containerAddress, containerPort: port },
  });
  if (address === "0.0.0.0") return [request("127.0.0.1", "127.0.0.1")];
  if (address === "::") return [request("127.0.0.1", "::1"), request("::1", "::1")];
  return address.includes(":") ? [request("::1", address)] : [request("127.0.0.1", address)];
}

/** Reads one line of the agent; `undefined` for what is none. Pure. */
export function parseListeners(line: string): NetworkListener[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || !value.every(isListener)) return undefined;
  return value.slice(0, PORT_LIMITS.networkListeners);
}

function isListener(value: unknown): value is NetworkListener {
  const { protocol, address, port } = (value ?? {}) as Record<string, unknown>;
  return (protocol === "tcp" || protocol === "udp") && typeof address === "string" &&
    typeof port === "number" && Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** What the ports of listeners are opened with. */
export interface NetworkListenersOptions {
  readonly ports: Pick<PublishedPorts, "publish" | "isPublished">;
  readonly openTarget: OpenTarget;
  readonly log: Log;
}

/** Keeps the ports of one engine's listeners open, for as long as the agent's stream says so. */
export class NetworkListeners {
  readonly #options: NetworkListenersOptions;
  /** By protocol, address and port of this machine; no function for a port that could not be opened. */
  readonly #open = new Map<string, (() => Promise<void>) | undefined>();

  constructor(options: NetworkListenersOptions) {
    this.#options = options;
  }

  /** Follows the lists of a stream until it ends, then closes all. Never rejects. */
  async follow(stream: Duplex): Promise<void> {
    try {
      const decoder = new TextDecoder();
      let text = "";
      for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
        const lines = (text + decoder.decode(bytes, { stream: true })).split("\n");
        text = lines.pop() ?? "";
        // Only the newest list counts.
        const listeners = parseListeners(lines.at(-1) ?? "");
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
    const wanted = new Map(listeners.flatMap(requestsFor).map((request) => [keyOf(request), request]));
    for (const [key, close] of [...this.#open]) {
      if (wanted.has(key)) continue;
      this.#open.delete(key);
      await close?.();
    }
    const { ports } = this.#options;
    for (const [key, request] of wanted) {
      // dockerd itself listens on what is published; that port is open already.
      if (this.#open.has(key) || ports.isPublished(request.protocol, request.hostPort)) continue;
      this.#open.set(key, await this.#publish(request));
    }
  }

  async #publish(request: PortRequest): Promise<(() => Promise<void>) | undefined> {
    const { ports, openTarget, log } = this.#options;
    try {
      return await ports.publish(request, openTarget, "host-network");
    } catch (error) {
      log("warn", "ports.listener.refused", {
        reason: error instanceof Error ? error.message : String(error),
      });
      return undefined;
    }
  }
}

function keyOf({ protocol, hostAddress, hostPort }: PortRequest): string {
  return `${protocol} ${hostAddress} ${hostPort}`;
}
