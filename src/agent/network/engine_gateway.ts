import type { Log } from "../../logging/log.ts";
import type { MuxSession } from "../../mux/mux_session.ts";
import { acceptClients } from "../../overload/accept_clients.ts";
import type { DataConnections } from "../../overload/data_connections.ts";
import { LogEpisodes } from "../../overload/log_episodes.ts";
import { listenRedirected, type RedirectedClient } from "../../platform/linux/redirected_listener.ts";
import { HALF_CLOSED_IDLE_MILLISECONDS } from "../../streams/half_close_watch.ts";
import { type Joinable, joinStreams } from "../../streams/join_streams.ts";
import { ENGINE_CLIENT, formatTarget, type HostTarget } from "../protocol/stream_target.ts";
import { connectLoopback } from "./connect_loopback.ts";
import type { NetworkAddresses } from "./network_addresses.ts";
import { loopbackRules, redirectRules, writeRules } from "./redirect_rules.ts";

/** What carries connections out of the engine's network. */
export interface EngineGatewayOptions {
  readonly session: Pick<MuxSession, "open">;
  readonly network: NetworkAddresses;
  readonly connections: Pick<DataConnections, "takeFromContainer">;
  readonly log: Log;
}

/** Where a redirected connection was to go. */
export type Destination =
  | Extract<HostTarget, { kind: "host" | "proxy" }>
  /** A connection of dockerd's own, to whoever answers on a loopback address. */
  | { readonly kind: "loopback"; readonly address: string; readonly port: number };

/**
 * Takes the TCP connections that the firewall redirects, and asks the host to go on with them: those to the user's
 * machine, those to the network proxy, and dockerd's own ones to loopback that nobody in the engine takes. All share
 * one listener, on a port that nobody knows: one on the proxy's own port would keep containers from publishing it.
 * Ends with the process. Never rejects.
 */
export async function serveEngineGateway(options: EngineGatewayOptions): Promise<void> {
  const { session, network, connections, log } = options;
  const episodes = new LogEpisodes(log);
  const serve = async (client: RedirectedClient) => {
    using share = connections.takeFromContainer(client.address);
    if (share === undefined) {
      episodes.log("warn", "agent.gateway.full", { client: client.address }, client.address);
      return client.close();
    }
    const stream = await openDestination(destinationOf(client, network), session);
    await joinStreams(client.connection, stream, {
      halfClosed: { idleMilliseconds: HALF_CLOSED_IDLE_MILLISECONDS },
    });
  };
  try {
    const listener = listenRedirected(network.host);
    await redirect(network, listener.port, log);
    const accept = () => listener.accept();
    await acceptClients({ accept, serve, log, event: "agent.gateway.accept_failed" });
  } catch (error) {
    log("error", "agent.gateway.failed", { reason: String(error) });
  }
}

/**
 * Where a client wanted to go. dockerd, and every container on the host network, has the address that it asks for as
 * its own: both are in the same network. Pure.
 */
export function destinationOf(
  { askedAddress, askedPort, address }: Pick<RedirectedClient, "askedAddress" | "askedPort" | "address">,
  { proxy }: Pick<NetworkAddresses, "proxy">,
): Destination {
  if (askedAddress === proxy) {
    return { kind: "proxy", client: address === askedAddress ? ENGINE_CLIENT : address };
  }
  if (askedAddress.startsWith("127.")) return { kind: "loopback", address: askedAddress, port: askedPort };
  return { kind: "host", port: askedPort };
}

async function openDestination(
  destination: Destination,
  session: EngineGatewayOptions["session"],
): Promise<Joinable> {
  if (destination.kind !== "loopback") return session.open(formatTarget(destination));
  const { address, port } = destination;
  return await connectLoopback(address, port) ?? session.open(formatTarget({ kind: "host", port }));
}

/** A kernel without the match for dockerd's connections costs these alone. */
async function redirect(network: NetworkAddresses, port: number, log: Log): Promise<void> {
  const rules = redirectRules(network, port);
  try {
    await writeRules([...rules, ...loopbackRules(network, port)]);
  } catch (error) {
    log("warn", "agent.gateway.no_loopback", { reason: String(error) });
    await writeRules(rules);
  }
}
