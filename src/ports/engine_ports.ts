import { isWindlassError } from "../errors/windlass_error.ts";
import type { Log } from "../logging/log.ts";
import type { Joinable } from "../streams/join_streams.ts";
import { readFirstLine } from "./first_line.ts";
import { serveHostService } from "./host_services.ts";
import { NetworkListeners } from "./network_listeners.ts";
import type { OpenTarget } from "./open_port.ts";
import { PORT_LIMITS } from "./port_limits.ts";
import { parsePortRequest } from "./port_request.ts";
import type { PublishedPorts } from "./published_ports.ts";

const ENCODER = new TextEncoder();

/** A stream that the engine opens towards this machine. */
export interface EngineStream {
  readonly target: string;
  accept(): Joinable;
  refuse(reason: string): void;
}

/** What one life of the engine asks of this machine. */
export interface EnginePortsOptions {
  readonly ports: PublishedPorts;
  readonly openTarget: OpenTarget;
  /** Whether a port is one of Windlass's own, which no container may reach. */
  readonly isOwnPort: (port: number) => boolean;
  readonly log: Log;
}

/** Serves the streams that the agent opens; `README.md` says what goes over them. */
export class EnginePorts {
  readonly #options: EnginePortsOptions;

  constructor(options: EnginePortsOptions) {
    this.#options = options;
  }

  /** Takes or refuses a stream, in its own time. */
  accept(stream: EngineStream): void {
    const [kind, argument = ""] = stream.target.split(":", 2);
    if (kind === "port") this.#publish(stream.accept());
    else if (kind === "listeners") new NetworkListeners(this.#options).follow(stream.accept());
    else if (kind === "host") serveHostService(stream, argument, this.#options);
    else stream.refuse(`the host serves no '${stream.target}'`);
  }

  /** A port is published for as long as its stream is open. Never rejects. */
  async #publish(stream: Joinable): Promise<void> {
    const { ports, openTarget, log } = this.#options;
    try {
      const line = await readFirstLine(stream, PORT_LIMITS.requestBytes);
      const request = parsePortRequest(line ?? "");
      if (request === undefined) {
        throw new Deno.errors.InvalidData(`Cannot publish a port: '${line}' is no request`);
      }
      const unpublish = await ports.publish(request, openTarget);
      try {
        await stream.write(ENCODER.encode("0\n"));
        while (await stream.read() !== null);
      } finally {
        await unpublish();
      }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (isWindlassError(error)) log("warn", "ports.refused", { code: error.code, reason: text });
      else log("debug", "ports.stream.broken", { reason: text });
      await stream.write(ENCODER.encode(`1\n${text}`)).then(() => stream.closeWrite()).catch(() => {});
    } finally {
      stream.close();
    }
  }
}
