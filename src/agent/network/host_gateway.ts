import type { Log } from "../../logging/log.ts";
import type { MuxSession } from "../../mux/mux_session.ts";
import { acceptClients } from "../../overload/accept_clients.ts";
import type { DataConnections } from "../../overload/data_connections.ts";
import { LogEpisodes } from "../../overload/log_episodes.ts";
import { listenRedirected, type RedirectedClient } from "../../platform/linux/redirected_listener.ts";
import { HALF_CLOSED_IDLE_MILLISECONDS } from "../../streams/half_close_watch.ts";
import { joinStreams } from "../../streams/join_streams.ts";
import { formatTarget } from "../protocol/stream_target.ts";

/** What carries containers' connections to the user's machine. */
export interface HostServicesOptions {
  readonly session: Pick<MuxSession, "open">;
  /** The address that stands for the user's machine inside the engine's network. */
  readonly address: string;
  readonly connections: Pick<DataConnections, "takeFromContainer">;
  readonly log: Log;
}

/**
 * Takes every TCP connection to the address that stands for the user's machine, and asks the host to connect it to
 * the same port there. Which ports those may be is the host's to say. Ends with the process. Never rejects.
 */
export async function serveHostServices(options: HostServicesOptions): Promise<void> {
  const { session, address, connections, log } = options;
  const episodes = new LogEpisodes(log);
  const serve = async (client: RedirectedClient) => {
    using share = connections.takeFromContainer(client.address);
    if (share === undefined) {
      episodes.log("warn", "agent.host_services.full", { client: client.address }, client.address);
      return client.close();
    }
    await joinStreams(client.connection, session.open(formatTarget({ kind: "host", port: client.port })), {
      halfClosed: { idleMilliseconds: HALF_CLOSED_IDLE_MILLISECONDS },
    });
  };
  try {
    const listener = listenRedirected(address);
    await redirect(address, listener.port);
    const accept = () => listener.accept();
    await acceptClients({ accept, serve, log, event: "agent.host_services.accept_failed" });
  } catch (error) {
    log("error", "agent.host_services.failed", { reason: String(error) });
  }
}

/**
 * What may write the rule; the first is what dockerd gets where the kernel has it. Namespace and rules are made again
 * for each agent: nothing has to be taken back. It is inserted: dockerd, which starts meanwhile, appends its own.
 */
const RULE_WRITERS = ["iptables-legacy-restore", "iptables-nft-restore"] as const;

/** @throws {Deno.errors.NotSupported} with what the last of them said. */
async function redirect(address: string, port: number): Promise<void> {
  const rule = `-d ${address}/32 -p tcp -j DNAT --to-destination ${address}:${port}`;
  const rules = ["*nat", `-I PREROUTING ${rule}`, `-I OUTPUT ${rule}`, "COMMIT", ""].join("\n");
  let complaint = "";
  for (const program of RULE_WRITERS) {
    const child = new Deno.Command(program, {
      args: ["--noflush", "--wait"],
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    // One that ends without reading says why on its stderr.
    await writer.write(new TextEncoder().encode(rules)).then(() => writer.close()).catch(() => {});
    const { success, stderr } = await child.output();
    if (success) return;
    complaint = new TextDecoder().decode(stderr).trim();
  }
  throw new Deno.errors.NotSupported(complaint);
}
