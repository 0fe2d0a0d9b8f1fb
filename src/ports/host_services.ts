import type { Log } from "../logging/log.ts";
import { connectionDuplex } from "../streams/connection_duplex.ts";
import { joinStreams } from "../streams/join_streams.ts";
import type { EngineStream } from "./engine_ports.ts";
import { PORT_LIMITS } from "./port_limits.ts";
import { parsePort } from "./port_request.ts";

/** A service bound to `localhost` may be on either of them, and on one only. */
const LOOPBACK_ADDRESSES = ["127.0.0.1", "::1"] as const;

/** What containers may reach on this machine. */
export interface HostServicesOptions {
  /** Whether a port is one of Windlass's own, which no container may reach. */
  readonly isOwnPort: (port: number) => boolean;
  readonly log: Log;
  /** Connects to a service; replaced in tests. */
  readonly connect?: (hostname: string, port: number) => Promise<Deno.Conn>;
}

/** Joins a container's stream for `host:PORT` to the service on that port of this machine. Never rejects. */
export async function serveHostService(
  stream: EngineStream,
  port: string,
  options: HostServicesOptions,
): Promise<void> {
  const number = parsePort(port);
  if (number === undefined) return stream.refuse(`'${port}' is no port`);
  if (options.isOwnPort(number)) {
    options.log("warn", "ports.host.forbidden", { port: number });
    return stream.refuse(`port ${number} is not for containers`);
  }
  try {
    const connection = await connectFirst(number, options.connect ?? connect);
    await joinStreams(stream.accept(), connectionDuplex(connection));
  } catch (error) {
    stream.refuse(error instanceof Error ? error.message : String(error));
  }
}

async function connectFirst(
  port: number,
  connect: NonNullable<HostServicesOptions["connect"]>,
): Promise<Deno.Conn> {
  let failure: unknown;
  for (const hostname of LOOPBACK_ADDRESSES) {
    try {
      return await connect(hostname, port);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

async function connect(hostname: string, port: number): Promise<Deno.Conn> {
  const signal = AbortSignal.timeout(PORT_LIMITS.serviceConnectMilliseconds);
  const connection = await Deno.connect({ hostname, port, signal });
  connection.setNoDelay(true);
  return connection;
}
