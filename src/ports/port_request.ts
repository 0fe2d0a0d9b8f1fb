import { formatTarget } from "../agent/protocol/stream_target.ts";
import { isIp, parsePort } from "../platform/addresses.ts";

/** The protocols that are forwarded. */
export type PortProtocol = "tcp" | "udp";

/** What dockerd wants to have published. */
export interface PortRequest {
  readonly protocol: PortProtocol;
  /** Where to listen on the user's machine, as asked for: an address, often `0.0.0.0` or `::`. */
  readonly hostAddress: string;
  readonly hostPort: number;
  /** Where the engine finds the container. */
  readonly containerAddress: string;
  readonly containerPort: number;
}

/**
 * Reads `publish tcp 0.0.0.0 8080 172.17.0.2 80`; `undefined` for anything else. Pure.
 *
 * @example
 * ```ts
 * parsePortRequest("publish udp 127.0.0.1 53 172.17.0.2 53")?.protocol; // "udp"
 * ```
 */
export function parsePortRequest(line: string): PortRequest | undefined {
  const [verb, protocol, hostAddress = "", hostPort, containerAddress = "", containerPort, ...rest] = line
    .split(" ");
  if (verb !== "publish" || rest.length > 0) return undefined;
  if (protocol !== "tcp" && protocol !== "udp") return undefined;
  if (!isIp(hostAddress) || !isIp(containerAddress)) return undefined;
  const ports = [hostPort, containerPort].map(parsePort);
  if (ports[0] === undefined || ports[1] === undefined) return undefined;
  return { protocol, hostAddress, hostPort: ports[0], containerAddress, containerPort: ports[1] };
}

/** The target of a stream that leads into the container. Pure. */
export function containerTarget(request: PortRequest): string {
  const { protocol: kind, containerAddress: hostname, containerPort: port } = request;
  return formatTarget({ kind, hostname, port });
}
