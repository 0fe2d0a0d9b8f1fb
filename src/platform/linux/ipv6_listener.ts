import type { Server, Socket } from "node:net";
import type { Duplex } from "../../streams/duplex.ts";
import { socketDuplex } from "../../streams/socket_duplex.ts";
import type { TcpListener } from "../tcp_listener.ts";
import { libc } from "./libc.ts";

const AF_INET6 = 10;
/** SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC */
const STREAM_SOCKET = 0o2004001;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
/** Bytes of `struct sockaddr_in6`. */
const ADDRESS_BYTES = 28;
const BACKLOG = 511;
const EACCES = 13;
const EADDRINUSE = 98;

/**
 * Listens on `::` without taking IPv4 connections along, so that the same port of `0.0.0.0` can be somebody else's,
 * or another container's.
 *
 * @throws {Deno.errors.AddrInUse} {@linkcode Deno.errors.PermissionDenied}, {@linkcode Deno.errors.AddrNotAvailable}
 */
export function listenOnAllOfIpv6(port: number): TcpListener {
  return new ServerListener(bindSocket(port), port);
}

/** A bound and listening descriptor. */
function bindSocket(port: number): number {
  const { symbols: { socket, setsockopt, bind, listen, close }, errno } = libc();
  const descriptor = socket(AF_INET6, STREAM_SOCKET, 0);
  if (descriptor < 0) throw new Deno.errors.AddrNotAvailable("this machine has no IPv6");
  const yes = new Uint8Array([1, 0, 0, 0]);
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, yes, yes.length);
  setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, yes, yes.length);
  const address = new DataView(new ArrayBuffer(ADDRESS_BYTES));
  address.setUint16(0, AF_INET6, true);
  address.setUint16(2, port);
  const failed = bind(descriptor, new Uint8Array(address.buffer), ADDRESS_BYTES) < 0 ||
    listen(descriptor, BACKLOG) < 0;
  if (!failed) return descriptor;
  const reason = errno();
  close(descriptor);
  if (reason === EADDRINUSE) throw new Deno.errors.AddrInUse("Address already in use");
  if (reason === EACCES) throw new Deno.errors.PermissionDenied("Permission denied");
  throw new Deno.errors.AddrNotAvailable(`errno ${reason}`);
}

class ServerListener implements TcpListener {
  #server: Server | undefined;
  readonly #clients: Socket[] = [];
  #waiting: ((client: Duplex | null) => void) | undefined;
  #closed = false;

  constructor(descriptor: number, readonly port: number) {
    void this.#serve(descriptor);
  }

  /** Clients wait in the kernel until `node:net` is loaded, which a start without published ports does not need. */
  async #serve(descriptor: number): Promise<void> {
    const { createServer } = await import("node:net");
    const server = this.#server = createServer(
      { allowHalfOpen: true, noDelay: true, pauseOnConnect: true },
      (client) => {
        this.#clients.push(client);
        this.#hand();
      },
    );
    // What fails is one accept; the next client is accepted all the same.
    server.on("error", () => {});
    server.listen({ fd: descriptor });
    if (this.#closed) server.close();
  }

  accept(): Promise<Duplex | null> {
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#hand();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#server?.close();
    for (const client of this.#clients.splice(0)) client.destroy();
    this.#waiting?.(null);
    this.#waiting = undefined;
  }

  #hand(): void {
    if (this.#waiting === undefined) return;
    const client = this.#clients.shift();
    if (client === undefined) return;
    this.#waiting(socketDuplex(client));
    this.#waiting = undefined;
  }
}
