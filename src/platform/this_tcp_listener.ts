import { connectionDuplex } from "../streams/connection_duplex.ts";
import type { Duplex } from "../streams/duplex.ts";
import { listenOnAllOfIpv6 } from "./linux/ipv6_listener.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";
import type { TcpListener } from "./tcp_listener.ts";
import { requireUnshared } from "./unshared_port.ts";

/**
 * Listens on one address and only there: `::` does not take IPv4 connections along, on any system.
 *
 * @param port 0 for any that is free.
 * @throws {Deno.errors.AddrInUse} if the port is taken, {@linkcode Deno.errors.AddrNotAvailable} if the machine has no
 * such address, {@linkcode Deno.errors.PermissionDenied} if this user may not have it.
 *
 * @example
 * ```ts
 * const listener = listenTcp("127.0.0.1", 8080);
 * using client = await listener.accept();
 * ```
 */
export function listenTcp(address: string, port: number): TcpListener {
  // Windows keeps the two families apart by itself, Linux only if it is told to, which Deno cannot.
  if (address === "::" && OPERATING_SYSTEM === "linux") return listenOnAllOfIpv6(port);
  requireUnshared({ protocol: "tcp", address, port });
  return new DenoTcpListener(Deno.listen({ hostname: address, port }));
}

class DenoTcpListener implements TcpListener {
  readonly #listener: Deno.TcpListener;
  readonly port: number;
  #closed = false;

  constructor(listener: Deno.TcpListener) {
    this.#listener = listener;
    this.port = listener.addr.port;
  }

  async accept(): Promise<Duplex | null> {
    if (this.#closed) return null;
    try {
      const connection = await this.#listener.accept();
      connection.setNoDelay(true);
      return connectionDuplex(connection);
    } catch (error) {
      if (this.#closed) return null;
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
  }
}
