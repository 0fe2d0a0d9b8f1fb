import type { Log } from "../../logging/log.ts";
import { NameResolver } from "./name_resolver.ts";
import type { OwnNames } from "./own_names.ts";
import type { ResolverSource } from "./resolver_configuration.ts";
import { serveConnections } from "./serve_connections.ts";
import { serveDatagrams } from "./serve_datagrams.ts";

/** What the name server is made with. */
export interface NameServerOptions {
  /** Where it listens; containers are told to ask there. */
  readonly address: string;
  /** What it answers by itself. */
  readonly ownNames: OwnNames;
  /** Which other name servers it asks. */
  readonly source: ResolverSource;
  readonly log: Log;
}

/**
 * The name server of all containers: answers our own names, and passes every other question on to
 * other name servers as it is. Ends with the process. Never rejects.
 */
export async function serveNames({ address, ownNames, source, log }: NameServerOptions): Promise<void> {
  try {
    const { createSocket } = await import("node:dgram");
    const resolver = new NameResolver({ ownNames, source, createSocket });
    serveDatagrams({ address, resolver, createSocket, log });
    await serveConnections({ address, resolver, log });
  } catch (error) {
    log("error", "agent.names.failed", { reason: String(error) });
  }
}
