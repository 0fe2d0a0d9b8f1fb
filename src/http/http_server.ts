import { errorText } from "../errors/error_text.ts";
import type { Log } from "../logging/log.ts";
import { listenTcp } from "../platform/this_tcp_listener.ts";
import type { TcpListener } from "../platform/tcp_listener.ts";
import type { Duplex } from "../streams/duplex.ts";
import { HttpConnection, type HttpHandler } from "./http_connection.ts";
import { HTTP_LIMITS, type HttpLimits } from "./http_limits.ts";

export interface HttpServerOptions {
  /** The address of this machine to listen on. */
  readonly address: string;
  readonly handler: HttpHandler;
  readonly log: Log;
  readonly limits?: HttpLimits;
  /** Opens the port; replaced in tests. */
  readonly listen?: (address: string, port: number) => TcpListener;
}

/** An HTTP/1.1 server. Disposing it stops listening and ends every connection. */
export interface HttpServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:49213`. */
  readonly origin: string;
  readonly port: number;
  readonly connections: number;
}

/**
 * Serves HTTP/1.1 on a free port. No client can stop the server or lock out others: a connection has a limited time
 * to send a complete head, and beyond the connection limit the longest idle one is closed for a new one. A failed
 * accept, for example without free descriptors, is retried, and the port is reopened if it keeps failing. A response
 * may take any time.
 *
 * Neither Deno's server nor Node's (on Deno) has these limits and survives a failed accept, hence our own.
 */
export function serveHttp(options: HttpServerOptions): HttpServer {
  return new RunningServer(options);
}

class RunningServer implements HttpServer {
  readonly port: number;
  readonly origin: string;
  /** Ordered by their last request, oldest first. */
  readonly #connections = new Set<HttpConnection>();
  readonly #running = new Set<Promise<void>>();
  readonly #options: HttpServerOptions;
  readonly #limits: HttpLimits;
  readonly #end = Promise.withResolvers<void>();
  readonly #accepting: Promise<void>;
  #listener: TcpListener;
  #ended = false;
  #failures = 0;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#limits = options.limits ?? HTTP_LIMITS;
    this.#listener = this.#listen(0);
    this.port = this.#listener.port;
    this.origin = `http://${options.address}:${this.port}`;
    this.#accepting = this.#accept();
  }

  get connections(): number {
    return this.#connections.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    this.#end.resolve();
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#connections) connection.end();
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.close();
    }, this.#limits.endMilliseconds);
    await Promise.all(this.#running);
    clearTimeout(timer);
  }

  async #accept(): Promise<void> {
    while (!this.#ended) {
      try {
        const client = await this.#listener.accept();
        if (client === null) return;
        if (this.#failures > 0) {
          this.#options.log("info", "api.accept.recovered", { failures: this.#failures });
        }
        this.#failures = 0;
        this.#serve(client);
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  #serve(client: Duplex): void {
    if (this.#connections.size >= this.#limits.connections && this.#closeIdle(1) === 0) return client.close();
    const connection = new HttpConnection(client, this.origin, this.#options.handler, this.#limits);
    this.#connections.add(connection);
    const running = connection.run().finally(() => {
      this.#connections.delete(connection);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** Closes the oldest idle connections; returns how many it closed. */
  #closeIdle(count: number): number {
    let closed = 0;
    for (const connection of this.#connections) {
      if (closed === count) break;
      if (!connection.isIdle) continue;
      connection.close();
      this.#connections.delete(connection);
      closed++;
    }
    return closed;
  }

  /** Logs one line for an episode, regardless of how many accepts fail in it. */
  async #recover(error: unknown): Promise<void> {
    this.#failures++;
    const reason = errorText(error);
    if (this.#failures === 1) this.#options.log("warn", "api.accept.failed", { reason });
    // The process may be out of descriptors; idle clients give theirs up first.
    this.#closeIdle(Math.ceil(this.#connections.size / 2));
    await this.#pause();
    if (this.#failures % this.#limits.acceptFailures !== 0 || this.#ended) return;
    this.#listener.close();
    while (!this.#ended) {
      try {
        this.#listener = this.#listen(this.port);
        return;
      } catch (again) {
        this.#failures++;
        const why = errorText(again);
        if (this.#failures % this.#limits.acceptFailures === 0) {
          this.#options.log("warn", "api.listen.failed", { port: this.port, reason: why });
        }
        await this.#pause();
      }
    }
  }

  #listen(port: number): TcpListener {
    return (this.#options.listen ?? listenTcp)(this.#options.address, port);
  }

  async #pause(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waited = new Promise<void>((resolve) =>
      timer = setTimeout(resolve, this.#limits.acceptRetryMilliseconds)
    );
    await Promise.race([waited, this.#end.promise]);
    clearTimeout(timer);
  }
}
