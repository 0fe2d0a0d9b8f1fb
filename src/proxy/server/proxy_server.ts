import type { ProxyClient } from "../../agent/protocol/stream_target.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { ConnectionShare } from "../../overload/connection_budget.ts";
import { LogEpisodes } from "../../overload/log_episodes.ts";
import type { Joinable } from "../../streams/join_streams.ts";
import { failurePage, pageBytes } from "./answer_page.ts";
import { ProxyConnection } from "./proxy_connection.ts";
import type { ProxyParts } from "./proxy_parts.ts";

/** A client that has connected. */
export interface ProxyStream {
  accept(): Joinable;
}

/** Serves the connections to the network proxy. Disposing it ends them. */
export class ProxyServer implements Disposable {
  readonly #parts: ProxyParts;
  readonly #episodes: LogEpisodes;
  readonly #connections = new Set<ProxyConnection>();

  constructor(parts: ProxyParts) {
    this.#parts = parts;
    this.#episodes = new LogEpisodes(parts.log);
  }

  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Serves a connection until its end. Never rejects.
   *
   * @param share Room for it, which is given back at the end; `undefined` if the client has as many as it may.
   */
  async serve(
    stream: ProxyStream,
    { name, share }: { readonly name: ProxyClient; readonly share: ConnectionShare | undefined },
  ): Promise<void> {
    if (share === undefined) {
      this.#episodes.log("warn", "network.proxy.full", { client: name }, name);
      return await refuse(stream.accept());
    }
    using _room = share;
    const connection = new ProxyConnection(stream.accept(), { name, parts: this.#parts });
    this.#connections.add(connection);
    await connection.run();
    this.#connections.delete(connection);
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection.end("Windlass ends");
  }
}

/** Says why, without reading what the client sends: that would take the room that it lacks. */
async function refuse(client: Joinable): Promise<void> {
  const full = new WindlassError(
    "WL_PROXY_BUSY",
    "Cannot forward the request: this client has as many connections through the proxy as it may",
  );
  try {
    for (const bytes of pageBytes(failurePage(full), { method: "GET" })) await client.write(bytes);
  } catch {
    // It has gone already.
  } finally {
    client.close();
  }
}
