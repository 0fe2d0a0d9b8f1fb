import { errorText } from "../errors/error_text.ts";
import { parseHostTarget, type ProxyClient } from "../agent/protocol/stream_target.ts";
import { isWindlassError } from "../errors/windlass_error.ts";
import type { Joinable } from "../streams/join_streams.ts";
import type { EngineStream } from "./engine_stream.ts";
import { readFirstLine } from "./first_line.ts";
import { HostServices, type HostServicesOptions } from "./host_service.ts";
import { NetworkListeners } from "./mirror_listeners.ts";
import type { OpenTarget } from "./open_port.ts";
import { PORT_LIMITS } from "./port_limits.ts";
import { parsePortRequest, type PortRequest } from "./port_request.ts";
import type { PublishedPorts } from "./published_ports.ts";

const ENCODER = new TextEncoder();

/** What one life of the engine asks of this machine. */
export interface EnginePortsOptions extends Omit<HostServicesOptions, "connect"> {
  readonly ports: PublishedPorts;
  readonly openTarget: OpenTarget;
  /** Requests for ports that may be open or waiting at a time. */
  readonly maximumRequests: number;
  /** Serves a connection to the network proxy, in its own time; the client is that of `proxy:CLIENT`. */
  readonly serveProxy?: (stream: EngineStream, client: ProxyClient) => void;
}

/** Serves the streams that the agent opens; `README.md` says what goes over them. */
export class EnginePorts {
  readonly #options: EnginePortsOptions;
  readonly #services: HostServices;
  #requests = 0;
  #followsListeners = false;

  constructor(options: EnginePortsOptions) {
    this.#options = options;
    this.#services = new HostServices(options);
  }

  /** Takes or refuses a stream, in its own time. */
  accept(stream: EngineStream): void {
    const target = parseHostTarget(stream.target);
    if (typeof target === "string") return stream.refuse(target);
    switch (target.kind) {
      case "port":
        return void this.#serveRequest(stream);
      case "listeners":
        return void this.#follow(stream);
      case "host":
        return void this.#services.serve(stream, target.port);
      case "proxy":
        if (this.#options.serveProxy === undefined) {
          return stream.refuse("the network proxy is not served here");
        }
        return this.#options.serveProxy(stream, target.client);
      case "client":
        return stream.refuse("Docker clients are not served here");
      case "root":
        return stream.refuse("workspaces are not served here");
    }
  }

  /** One list is enough, and an agent that sends more is not ours. */
  async #follow(stream: EngineStream): Promise<void> {
    if (this.#followsListeners) return stream.refuse("the listeners are already being followed");
    this.#followsListeners = true;
    await new NetworkListeners(this.#options).follow(stream.accept());
    this.#followsListeners = false;
  }

  async #serveRequest(stream: EngineStream): Promise<void> {
    const { maximumRequests } = this.#options;
    if (this.#requests >= maximumRequests) {
      return stream.refuse(`there are ${maximumRequests} requests already`);
    }
    this.#requests++;
    await this.#publish(stream.accept());
    this.#requests--;
  }

  /** A port is published for as long as its stream is open. Never rejects. */
  async #publish(stream: Joinable): Promise<void> {
    const { ports, openTarget, log } = this.#options;
    const asked = performance.now();
    try {
      const line = await readFirstLine(stream, PORT_LIMITS.requestBytes);
      const request = parsePortRequest(line ?? "");
      if (request === undefined) {
        throw new Deno.errors.InvalidData(`Cannot publish a port: '${line}' is not a request`);
      }
      const unpublish = await ports.publish(request, openTarget);
      this.#noteSlowness(performance.now() - asked, request);
      try {
        await stream.write(ENCODER.encode("0\n"));
        while (await stream.read() !== null);
      } finally {
        await unpublish();
      }
    } catch (error) {
      const text = errorText(error);
      if (isWindlassError(error)) log("warn", "ports.refused", { code: error.code, reason: text });
      else log("debug", "ports.stream.broken", { reason: text });
      await stream.write(ENCODER.encode(`1\n${text}`)).then(() => stream.closeWrite()).catch(() => {});
    } finally {
      stream.close();
    }
  }

  #noteSlowness(milliseconds: number, { protocol, hostPort }: PortRequest): void {
    if (milliseconds < PORT_LIMITS.slowRequestMilliseconds) return;
    this.#options.log("warn", "ports.slow", {
      protocol,
      port: hostPort,
      milliseconds: Math.round(milliseconds),
    });
  }
}
