import type { ProxyClient } from "../../agent/protocol/stream_target.ts";
import type { DataConnections } from "../../overload/data_connections.ts";
import type { EngineStream } from "../../ports/engine_stream.ts";
import type { Peers } from "../../proxy/upstream/peers.ts";
import type { HostServices } from "../../ports/host_service.ts";
import type { PublishedPorts } from "../../ports/published_ports.ts";
import type { EngineLife } from "./engine_life.ts";

/** What a connection to the network proxy may use. */
export interface ProxyRoom {
  /** Services of the user's machine, as containers may reach them. */
  readonly services: Pick<HostServices, "open" | "check" | "isControlPort">;
  readonly connections: Pick<DataConnections, "takeForProxy">;
  readonly ports: Pick<PublishedPorts, "containersAt">;
  readonly peers: Peers;
}

/** The network of the user's machine, as the engine sees it. */
export interface EngineNetwork {
  /** Serves a connection to the network proxy, in its own time. */
  serveProxy(stream: EngineStream, client: ProxyClient, room: ProxyRoom): void;
  /**
   * A life has begun; its agent knows nothing of the network so far.
   *
   * @param restartIfUnused Stops dockerd and starts it again if nothing uses it. Resolves to whether it did.
   */
  lifeBegins(life: EngineLife, restartIfUnused: () => Promise<boolean>): void;
}
