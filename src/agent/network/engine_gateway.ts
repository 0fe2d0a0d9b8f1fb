import type { Log } from "../../logging/log.ts";
import type { MuxSession } from "../../mux/mux_session.ts";
import { acceptClients } from "../../overload/accept_clients.ts";
import { ConnectionBudget, type ConnectionShare } from "../../overload/connection_budget.ts";
import type { DataConnections } from "../../overload/data_connections.ts";
import { LogEpisodes } from "../../overload/log_episodes.ts";
import { listenRedirected, type RedirectedClient } from "../../platform/linux/redirected_listener.ts";
import { HALF_CLOSED_IDLE_MILLISECONDS } from "../../streams/half_close_watch.ts";
import { type Joinable, joinStreams } from "../../streams/join_streams.ts";
import { ENGINE_CLIENT, formatTarget, type HostTarget, type ProxyClient } from "../protocol/stream_target.ts";
import { connectLoopback } from "./connect_loopback.ts";
import { explainRefusal } from "./explain_refusal.ts";
import type { NetworkAddresses } from "./network_addresses.ts";
import { dockerdRules, redirectRules, writeRules } from "./redirect_rules.ts";

/** What carries connections out of the engine's network. */
export interface EngineGatewayOptions {
  readonly session: Pick<MuxSession, "open">;
  readonly network: NetworkAddresses;
  readonly connections: Pick<DataConnections, "takeFromContainer" | "limits">;
  readonly log: Log;
}

/** Where a redirected connection was to go. */
export type Destination =
  | Extract<HostTarget, { kind: "host" | "proxy" }>
  /** A connection of dockerd's own, to a program that listens on a loopback address. */
  | { readonly kind: "loopback"; readonly address: string; readonly port: number };

/** One listener, and whose connections arrive there. */
interface Entrance {
  readonly clientOf: (client: RedirectedClient) => ProxyClient;
  readonly take: (client: RedirectedClient) => ConnectionShare | undefined;
}

/**
 * Takes the TCP connections that the firewall redirects, and asks the host to continue them: those to the user's
 * machine, those to the network proxy, and dockerd's own ones to loopback that nobody in the engine takes. dockerd has
 * a listener and room of its own. None listens on the proxy's own port, which containers could not publish then.
 * Ends with the process. Never rejects.
 */
export async function serveEngineGateway(options: EngineGatewayOptions): Promise<void> {
  const { network, connections, log } = options;
  const dockerd = new ConnectionBudget(connections.limits.dockerd);
  const open = (entrance: Entrance) => {
    const listener = listenRedirected(network.host);
    const serve = createServe(entrance, options);
    const accept = () => listener.accept();
    acceptClients({ accept, serve, log, event: "agent.gateway.accept_failed" });
    return listener.port;
  };
  try {
    const portForAll = open({
      clientOf: ({ address }) => address,
      take: ({ address }) => connections.takeFromContainer(address),
    });
    const portForDockerd = open({ clientOf: () => ENGINE_CLIENT, take: () => dockerd.take() });
    await redirect(network, portForAll, portForDockerd, log);
  } catch (error) {
    log("error", "agent.gateway.failed", { reason: String(error) });
  }
}

function createServe({ clientOf, take }: Entrance, options: EngineGatewayOptions) {
  const { session, network, log } = options;
  const episodes = new LogEpisodes(log);
  return async (client: RedirectedClient) => {
    using share = take(client);
    if (share === undefined) {
      const name = clientOf(client);
      episodes.log("warn", "agent.gateway.full", { client: name }, name);
      return client.close();
    }
    const stream = await openDestination(destinationOf(client, network, clientOf(client)), session);
    await joinStreams(client.connection, stream, {
      halfClosed: { idleMilliseconds: HALF_CLOSED_IDLE_MILLISECONDS },
    });
  };
}

/** Where a client wanted to go. Pure. */
export function destinationOf(
  { askedAddress, askedPort }: Pick<RedirectedClient, "askedAddress" | "askedPort">,
  { proxy }: Pick<NetworkAddresses, "proxy">,
  client: ProxyClient,
): Destination {
  if (askedAddress === proxy) return { kind: "proxy", client };
  if (askedAddress.startsWith("127.")) return { kind: "loopback", address: askedAddress, port: askedPort };
  return { kind: "host", port: askedPort };
}

async function openDestination(
  destination: Destination,
  session: EngineGatewayOptions["session"],
): Promise<Joinable> {
  if (destination.kind !== "loopback") return session.open(formatTarget(destination));
  const { address, port } = destination;
  return await connectLoopback(address, port) ??
    explainRefusal(session.open(formatTarget({ kind: "host", port })), port);
}

/** In a kernel that cannot tell dockerd's connections from others, those to loopback stay inside the engine. */
async function redirect(
  network: NetworkAddresses,
  portForAll: number,
  portForDockerd: number,
  log: Log,
): Promise<void> {
  const rules = redirectRules(network, portForAll);
  try {
    await writeRules([...rules, ...dockerdRules(network, portForDockerd)]);
  } catch (error) {
    log("warn", "agent.gateway.no_owner_match", { reason: String(error) });
    await writeRules(rules);
  }
}
