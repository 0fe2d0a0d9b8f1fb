import { unlessMissingSync } from "../../errors/unless_missing.ts";
import type { Log } from "../../logging/log.ts";
import type { MuxSession } from "../../mux/mux_session.ts";
import { acceptClients } from "../../overload/accept_clients.ts";
import { ConnectionBudget } from "../../overload/connection_budget.ts";
import type { ConnectionLimits } from "../../overload/connection_limits.ts";
import { LogEpisodes } from "../../overload/log_episodes.ts";
import { unixClient } from "../../platform/linux/unix_client.ts";
import type { AskedPorts } from "../network/asked_ports.ts";
import { joinStreams } from "../../streams/join_streams.ts";
import { CLIENT_SOCKET, DOCKER_SOCKET, PORTS_SOCKET } from "../protocol/distro_paths.ts";
import { formatTarget } from "../protocol/stream_target.ts";

/** A socket of the distro, and the kind of stream under which the host serves what connects there. */
interface HostSocket {
  readonly path: string;
  readonly kind: "port" | "client";
  /** Permission bits; those of the umask if absent. */
  readonly mode?: number;
  /** The group that the file belongs to, if the distro has it. */
  readonly group?: string;
}

/** As dockerd has it: images put their users into this group. */
const DOCKER_ACCESS = { mode: 0o660, group: "docker" };

const HOST_SOCKETS: readonly HostSocket[] = [
  /** Where the programs that stand in for docker-proxy ask for their ports. */
  { path: PORTS_SOCKET, kind: "port" },
  /** Docker's API as clients of the machine get it, with their paths translated: for the CLI in the distro, */
  { path: CLIENT_SOCKET, kind: "client", ...DOCKER_ACCESS },
  /** and for containers, which mount it by its usual name. */
  { path: DOCKER_SOCKET, kind: "client", ...DOCKER_ACCESS },
];

/** What joins the sockets to the host. */
export interface HostSocketsOptions {
  readonly session: Pick<MuxSession, "open">;
  readonly limits: ConnectionLimits;
  /** Notes which ports are asked for. */
  readonly ports: AskedPorts;
  readonly log: Log;
}

/** Joins clients in the distro to the host, which serves them; the agent has no part in what they say. */
export function serveHostSockets(options: HostSocketsOptions): void {
  const { limits } = options;
  /** Each kind of client has its own room, whichever socket it uses. */
  const budgets = {
    port: new ConnectionBudget(limits.ports),
    client: new ConnectionBudget(limits.innerDockerClients),
  };
  for (const socket of HOST_SOCKETS) serveHostSocket(socket, budgets[socket.kind], options);
}

/** Ends with the process. Never rejects. */
async function serveHostSocket(
  socket: HostSocket,
  budget: ConnectionBudget,
  { session, ports, log }: HostSocketsOptions,
): Promise<void> {
  const { path, kind } = socket;
  const episodes = new LogEpisodes(log);
  const serve = async (client: ReturnType<typeof unixClient>) => {
    using share = budget.take();
    if (share === undefined) {
      episodes.log("warn", "agent.socket.full", { path, open: budget.open });
      return client.close();
    }
    using asking = kind === "port" ? ports.follow(client) : undefined;
    // A client that was interrupted after its input had ended is noticed in no other way.
    await joinStreams(asking?.client ?? client, session.open(formatTarget({ kind })), {
      halfClosed: { isGone: () => client.isGone() },
    });
  };
  try {
    const listener = listenOn(socket);
    const accept = async () => unixClient(await listener.accept());
    await acceptClients({ accept, serve, log, event: "agent.socket.accept_failed", fields: { path } });
  } catch (error) {
    log("error", "agent.socket.failed", { path, reason: String(error) });
  }
}

/** Done when it returns: dockerd would make folders of sockets that its containers mount and that do not exist yet. */
function listenOn({ path, mode, group }: HostSocket): Deno.UnixListener {
  unlessMissingSync(() => Deno.removeSync(path)); // a predecessor's file; it was killed, or is just leaving
  const listener = Deno.listen({ transport: "unix", path });
  const gid = group === undefined ? undefined : groupId(Deno.readTextFileSync("/etc/group"), group);
  if (gid !== undefined) Deno.chownSync(path, 0, gid);
  if (mode !== undefined) Deno.chmodSync(path, mode);
  return listener;
}

/** The number of a group, from the text of /etc/group. Pure. */
export function groupId(text: string, name: string): number | undefined {
  const fields = text.split("\n").map((line) => line.split(":")).find(([first]) => first === name);
  const number = Number(fields?.[2]);
  return Number.isInteger(number) && fields?.[2] !== "" ? number : undefined;
}
