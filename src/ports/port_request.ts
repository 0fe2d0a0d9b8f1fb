import { isIP } from "node:net";

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
  if (isIP(hostAddress) === 0 || isIP(containerAddress) === 0) return undefined;
  const ports = [hostPort, containerPort].map(parsePort);
  if (ports[0] === undefined || ports[1] === undefined) return undefined;
  return { protocol, hostAddress, hostPort: ports[0], containerAddress, containerPort: ports[1] };
}

/** A port number, 1 to 65535, in decimal digits. Pure. */
export function parsePort(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? "") ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** `address:port`, with brackets where the address has colons itself. Pure. */
export function endpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The target of a stream that leads into the container. Pure. */
export function containerTarget(request: PortRequest): string {
  return `${request.protocol}:${endpoint(request.containerAddress, request.containerPort)}`;
}
