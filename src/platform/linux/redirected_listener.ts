import type { Duplex } from "../../streams/duplex.ts";
import { socketDuplex } from "../../streams/socket_duplex.ts";
import { type Libc, libc } from "./libc.ts";

const AF_INET = 2;
/** SOCK_STREAM | SOCK_CLOEXEC; accept(2) is to wait. */
const WAITING_STREAM_SOCKET = 0o2000001;
/** SOCK_NONBLOCK | SOCK_CLOEXEC */
const NONBLOCKING = 0o2004000;
const SOL_IP = 0;
const SO_ORIGINAL_DST = 80;
const SHUT_RDWR = 2;
/** Bytes of `struct sockaddr_in`. */
const ADDRESS_BYTES = 16;
const BACKLOG = 511;

/** A connection that the firewall has redirected here. */
export interface RedirectedClient {
  readonly connection: Duplex;
  /** The address that the client has asked for, */
  readonly askedAddress: string;
  /** and the port. */
  readonly askedPort: number;
  /** The client's own address. */
  readonly address: string;
  /** Closes the connection. */
  close(): void;
}

/** Where redirected connections arrive. */
export interface RedirectedListener {
  readonly port: number;
  /**
   * The next client, or `null` once the listener is closed. A rejection concerns this one call; the next may succeed.
   */
  accept(): Promise<RedirectedClient | null>;
  close(): void;
}

/**
 * Listens on a free port of an IPv4 address, for connections that a DNAT rule sends here whatever they were for; that
 * is found out through the socket, which Deno does not give access to.
 *
 * @throws {Deno.errors.AddrNotAvailable} if the address is not this machine's.
 */
export function listenRedirected(address: string): RedirectedListener {
  const { symbols: { socket, bind, listen, getsockname, close }, errno } = libc();
  const descriptor = socket(AF_INET, WAITING_STREAM_SOCKET, 0);
  const name = new DataView(new ArrayBuffer(ADDRESS_BYTES));
  name.setUint16(0, AF_INET, true);
  address.split(".").forEach((part, index) => name.setUint8(4 + index, Number(part)));
  const bytes = new Uint8Array(name.buffer);
  const length = new Uint32Array([ADDRESS_BYTES]);
  const failed = bind(descriptor, bytes, ADDRESS_BYTES) < 0 || listen(descriptor, BACKLOG) < 0 ||
    getsockname(descriptor, bytes, length) < 0;
  if (failed) {
    const reason = errno();
    close(descriptor);
    throw new Deno.errors.AddrNotAvailable(`Cannot listen on ${address}: errno ${reason}`);
  }
  return new DescriptorListener(descriptor, bytes);
}

class DescriptorListener implements RedirectedListener {
  readonly #libc: Libc = libc();
  readonly #descriptor: number;
  readonly #ownName: Uint8Array;
  #closed = false;

  constructor(descriptor: number, ownName: Uint8Array) {
    this.#descriptor = descriptor;
    this.#ownName = ownName;
  }

  get port(): number {
    return portIn(this.#ownName);
  }

  async accept(): Promise<RedirectedClient | null> {
    if (this.#closed) return null;
    const client = await this.#libc.symbols.accept4(this.#descriptor, null, null, NONBLOCKING);
    if (this.#closed && client < 0) return null;
    if (client < 0) throw new Deno.errors.Busy("Cannot accept a connection"); // mostly for too many open files
    try {
      const asked = this.#askedName(client);
      const address = this.#peerAddress(client);
      const connection = await connectionOf(client);
      return {
        askedAddress: addressIn(asked),
        askedPort: portIn(asked),
        address,
        connection,
        close: () => connection.close(),
      };
    } catch (error) {
      this.#libc.symbols.close(client);
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Wakes the accept that waits in a thread; the descriptor must stay until that has returned.
    this.#libc.symbols.shutdown(this.#descriptor, SHUT_RDWR);
  }

  #peerAddress(client: number): string {
    const bytes = new Uint8Array(ADDRESS_BYTES);
    const found = this.#libc.symbols.getpeername(client, bytes, new Uint32Array([ADDRESS_BYTES])) === 0;
    return found ? addressIn(bytes) : "unknown";
  }

  #askedName(client: number): Uint8Array {
    const bytes = new Uint8Array(ADDRESS_BYTES);
    const length = new Uint32Array([ADDRESS_BYTES]);
    const found = this.#libc.symbols.getsockopt(client, SOL_IP, SO_ORIGINAL_DST, bytes, length) === 0;
    // A connection that no rule has touched was for this very listener.
    return found ? bytes : this.#ownName;
  }
}

/** The address of a `struct sockaddr_in`. Pure. */
function addressIn(name: Uint8Array): string {
  return name.subarray(4, 8).join(".");
}

/** The port of a `struct sockaddr_in`. Pure. */
function portIn(name: Uint8Array): number {
  return (name[2]! << 8) | name[3]!;
}

/** `node:net` is loaded for the first connection: no engine waits for it at its start. */
async function connectionOf(descriptor: number): Promise<Duplex> {
  const { Socket } = await import("node:net");
  const socket = new Socket({ fd: descriptor, allowHalfOpen: true, readable: true, writable: true });
  socket.setNoDelay(true);
  return socketDuplex(socket);
}
