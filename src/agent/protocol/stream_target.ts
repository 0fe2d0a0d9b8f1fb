/**
 * The vocabulary of the link: every stream that host and agent open to each other names one of these targets.
 * Both ends import it; the text form is the target of an OPEN frame (src/mux/PROTOCOL.md).
 *
 * | text                    | opened by | leads to                                                                   |
 * | ----------------------- | --------- | -------------------------------------------------------------------------- |
 * | `rpc`                   | host      | the agent's control stream (rpc_messages.ts); one for each session         |
 * | `unix:/run/docker.sock` | host      | dockerd's API; the agent waits until dockerd answers                       |
 * | `tcp:ADDRESS:PORT`      | host      | a TCP port in the engine's network; IPv6 addresses are in brackets         |
 * | `udp:ADDRESS:PORT`      | host      | a UDP port in the engine's network, as datagrams with their length ahead   |
 * | `port`                  | agent     | a request to publish a port on the machine (src/ports/README.md)           |
 * | `listeners`             | agent     | the list of {@linkcode NetworkListener}, one JSON line for each change     |
 * | `client`                | agent     | the relay that serves Docker clients inside the engine distro              |
 * | `host:PORT`             | agent     | a service on the machine that a container connects to                      |
 * | `proxy:CLIENT`          | agent     | the network proxy, for a program of the engine (`engine`) or a container's address |
 * | `root:NAME`             | agent     | a request for the files of a workspace, whose name is percent-encoded      |
 *
 * On a `root` stream the agent writes the name of a socket in the shared folder's `roots` (distro_paths.ts), and a newline. The
 * host runs `workspace share` in that distro and answers with "ok" or why it cannot, and a newline. The distro is kept
 * running until either end closes the stream.
 */
import { endpoint, isIp, parsePort } from "../../platform/addresses.ts";
import { DOCKER_SOCKET } from "./distro_paths.ts";
import { isWorkspaceName } from "./workspace_messages.ts";

/** What the host opens: streams that end inside the engine distro. */
export type EngineTarget =
  | { readonly kind: "rpc" }
  | { readonly kind: "docker" }
  | { readonly kind: "tcp" | "udp"; readonly hostname: string; readonly port: number };

/** What the agent opens: streams that end at the host. */
export type HostTarget =
  | { readonly kind: "port" | "listeners" | "client" }
  | { readonly kind: "host"; readonly port: number }
  | { readonly kind: "proxy"; readonly client: ProxyClient }
  | { readonly kind: "root"; readonly workspace: string };

/** Whose requests the network proxy gets: {@linkcode ENGINE_CLIENT}, or the address of a container. */
export type ProxyClient = string;

/** dockerd, and what else has its group: programs that it runs, and containers of an image that names the group. */
export const ENGINE_CLIENT: ProxyClient = "engine";

/** A port that a program listens on in the engine's own network; a `listeners` stream carries lists of them. */
export interface NetworkListener {
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
}

const DOCKER_TARGET = `unix:${DOCKER_SOCKET}`;
/** The port follows the last colon, since an IPv6 address has colons of its own. */
const CONTAINER_REGEXP = /^(tcp|udp):(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/;

/** The text that names a target in an OPEN frame. Pure. */
export function formatTarget(target: EngineTarget | HostTarget): string {
  switch (target.kind) {
    case "docker":
      return DOCKER_TARGET;
    case "tcp":
    case "udp":
      return `${target.kind}:${endpoint(target.hostname, target.port)}`;
    case "host":
      return `host:${target.port}`;
    case "proxy":
      return `proxy:${target.client}`;
    case "root":
      return `root:${encodeURIComponent(target.workspace)}`;
    default:
      return target.kind;
  }
}

/** Parses the target of a stream that the host opened. Returns why the agent refuses it if it is invalid. Pure. */
export function parseEngineTarget(text: string): EngineTarget | string {
  if (text === "rpc") return { kind: "rpc" };
  if (text === DOCKER_TARGET) return { kind: "docker" };
  // dockerd's is the only socket that the host may reach: not containerd's, for example.
  if (text.startsWith("unix:")) return `the agent does not serve the socket '${text.slice("unix:".length)}'`;
  const [, kind, ipv6, name, digits = ""] = CONTAINER_REGEXP.exec(text) ?? [];
  const port = parsePort(digits);
  if (port === undefined) return `the agent does not know the target '${text}'`;
  return { kind: kind === "udp" ? "udp" : "tcp", hostname: ipv6 ?? name ?? "", port };
}

/** Parses the target of a stream that the agent opened. Returns why the host refuses it if it is invalid. Pure. */
export function parseHostTarget(text: string): HostTarget | string {
  if (text === "port" || text === "listeners" || text === "client") return { kind: text };
  if (text.startsWith("root:")) return parseRoot(text.slice("root:".length));
  if (text.startsWith("proxy:")) return parseProxy(text.slice("proxy:".length));
  const digits = /^host:(.*)$/s.exec(text)?.[1];
  if (digits === undefined) return `the host does not serve '${text}'`;
  const port = parsePort(digits);
  return port === undefined ? `'${digits}' is not a port` : { kind: "host", port };
}

function parseProxy(client: string): HostTarget | string {
  if (client === ENGINE_CLIENT || isIp(client)) return { kind: "proxy", client };
  return `'${client}' is not a client of the network proxy`;
}

function parseRoot(encoded: string): HostTarget | string {
  try {
    const workspace = decodeURIComponent(encoded);
    if (isWorkspaceName(workspace)) return { kind: "root", workspace };
  } catch {
    // A percent sign without its digits.
  }
  return `'${encoded}' is not the name of a workspace`;
}
