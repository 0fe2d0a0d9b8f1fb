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
  /** Whether another Windlass has its control API there; replaced in tests. */
  readonly isControlPort?: (port: number) => Promise<boolean>;
}

/** A connection to a service of this machine. Disposing it closes the connection and gives its room back. */
export interface ServiceConnection extends Disposable {
  readonly connection: Deno.Conn;
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
    try {
      using service = await this.open(port);
      await joinStreams(stream.accept(), connectionDuplex(service.connection), {
        halfClosed: { idleMilliseconds: HALF_CLOSED_IDLE_MILLISECONDS },
      });
    } catch (error) {
      stream.refuse(errorText(error));
    }
  }

  /**
   * Connects to the service on that port.
   *
   * @throws {WindlassError} `WL_SERVICE_FORBIDDEN` if containers may not reach it, `WL_SERVICE_BUSY` if it is full.
   * @throws {Error} what the system says of a service that does not answer.
   */
  async open(port: number): Promise<ServiceConnection> {
    const { connections, connect: connectTo = connect } = this.#options;
    if (!this.#mayReach(port)) throw this.#forbidden(port);
    const share = connections.takeForService(port);
    if (share === undefined) {
      this.#episodes.log("warn", "ports.host.full", { port }, String(port));
      throw new WindlassError(
        "WL_SERVICE_BUSY",
        `Cannot connect: port ${port} has as many connections of containers as it may`,
      );
    }
    using opening = new DisposableStack();
    opening.use(share);
    const connection = await connectFirst(port, connectTo);
    opening.defer(() => closeIfOpen(connection));
    await this.check(port);
    const opened = opening.move();
    return { connection, [Symbol.dispose]: () => opened.dispose() };
  }

  /**
   * Resolves if containers may reach that port of this machine. To be asked with the connection already open: another
   * Windlass may have taken the port just before.
   *
   * @throws {WindlassError} `WL_SERVICE_FORBIDDEN`
   */
  async check(port: number): Promise<void> {
    if (!this.#mayReach(port) || await this.isControlPort(port)) throw this.#forbidden(port);
  }

  /** Whether a port of this machine is that of the API of this host or another Windlass. */
  async isControlPort(port: number): Promise<boolean> {
    const { isOwnPort, isControlPort = (port) => OTHER_HOSTS.has(port) } = this.#options;
    return isOwnPort(port) || await isControlPort(port);
  }

  #mayReach(port: number): boolean {
    const { isOwnPort, isAllowed } = this.#options;
    return !isOwnPort(port) && isAllowed(port);
  }

  #forbidden(port: number): WindlassError {
    this.#episodes.log("warn", "ports.host.forbidden", { port }, String(port));
    return new WindlassError("WL_SERVICE_FORBIDDEN", `Cannot connect: port ${port} is not for containers`);
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

/** With a timer that ends here: one of `AbortSignal.timeout()` would outlive the connection of each request. */
async function connect(hostname: string, port: number): Promise<Deno.Conn> {
  const late = new AbortController();
  const abort = () => late.abort(new Deno.errors.TimedOut(`port ${port} does not answer`));
  const timer = setTimeout(abort, PORT_LIMITS.serviceConnectMilliseconds);
  try {
    const connection = await Deno.connect({ hostname, port, signal: late.signal });
    connection.setNoDelay(true);
    return connection;
  } finally {
    clearTimeout(timer);
  }
}

/** The join that used it may have closed it. */
function closeIfOpen(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
