import { errorText } from "../errors/error_text.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { Log } from "../logging/log.ts";
import type { DataConnections } from "../overload/data_connections.ts";
import { LogEpisodes } from "../overload/log_episodes.ts";
import { connectionDuplex } from "../streams/connection_duplex.ts";
import { HALF_CLOSED_IDLE_MILLISECONDS } from "../streams/half_close_watch.ts";
import { joinStreams } from "../streams/join_streams.ts";
import { ControlPorts } from "./control_ports.ts";
import type { EngineStream } from "./engine_stream.ts";
import { PORT_LIMITS } from "./port_limits.ts";

/** A service bound to `localhost` may be on either of them, and on one only. */
const LOOPBACK_ADDRESSES = ["127.0.0.1", "::1"] as const;

/** The control ports of the machine's other hosts, as far as containers have asked for them. */
const OTHER_HOSTS = new ControlPorts();

/** What containers may reach on this machine. */
export interface HostServicesOptions {
  /** Whether a port is one of Windlass's own, which no container may reach. */
  readonly isOwnPort: (port: number) => boolean;
  /** Whether the user lets containers reach a port; asked for each connection. */
  readonly isAllowed: (port: number) => boolean;
  readonly connections: Pick<DataConnections, "takeForService">;
  readonly log: Log;
  /** Connects to a service; replaced in tests. */
  readonly connect?: (hostname: string, port: number) => Promise<Deno.Conn>;
}

/** Joins the streams of containers to the services of this machine that they ask for. */
export class HostServices {
  readonly #options: HostServicesOptions;
  readonly #episodes: LogEpisodes;

  constructor(options: HostServicesOptions) {
    this.#options = options;
    this.#episodes = new LogEpisodes(options.log);
  }

  /** Joins a stream to the service on that port. Never rejects. */
  async serve(stream: EngineStream, port: number): Promise<void> {
    const { isOwnPort, isAllowed, connections, connect: connectTo = connect } = this.#options;
    if (isOwnPort(port) || !isAllowed(port)) {
      this.#episodes.log("warn", "ports.host.forbidden", { port }, String(port));
      return stream.refuse(`port ${port} is not for containers`);
    }
    using share = connections.takeForService(port);
    if (share === undefined) {
      this.#episodes.log("warn", "ports.host.full", { port }, String(port));
      return stream.refuse(`port ${port} has as many connections of containers as it may`);
    }
    try {
      const connection = await connectFirst(port, connectTo);
      await joinStreams(stream.accept(), connectionDuplex(connection), {
        halfClosed: { idleMilliseconds: HALF_CLOSED_IDLE_MILLISECONDS },
      });
    } catch (error) {
      stream.refuse(errorText(error));
    }
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
  const connection = await connectInTime(hostname, port);
  try {
    if (await OTHER_HOSTS.has(port)) throw forbidden(port);
    connection.setNoDelay(true);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** With a timer that ends here: one of `AbortSignal.timeout()` would outlive the connection of each request. */
async function connectInTime(hostname: string, port: number): Promise<Deno.TcpConn> {
  const late = new AbortController();
  const abort = () => late.abort(new Deno.errors.TimedOut(`port ${port} does not answer`));
  const timer = setTimeout(abort, PORT_LIMITS.serviceConnectMilliseconds);
  try {
    return await Deno.connect({ hostname, port, signal: late.signal });
  } finally {
    clearTimeout(timer);
  }
}

function forbidden(port: number): WindlassError {
  return new WindlassError("WL_API_FORBIDDEN", `Cannot connect: port ${port} is not for containers`);
}
