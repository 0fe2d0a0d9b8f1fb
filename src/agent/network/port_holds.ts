import type { HeldPort } from "../protocol/rpc_messages.ts";

/** Binds a port until the returned function is called. Rejects if that is not possible. */
type Bind = (port: number) => Promise<() => void>;

/**
 * Numbers that the user's machine has taken, held in the engine's network as well. dockerd then fails to bind them
 * itself and goes on to the next one, which it does not do once it has started the program that asks the machine.
 */
export class PortHolds implements Disposable {
  readonly #maximum: number;
  readonly #bind: Readonly<Record<HeldPort["protocol"], Bind>>;
  readonly #held = new Map<string, () => void>();
  /** Changes are made one after the other. */
  #last: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param maximum Ports that are held at a time: each takes a descriptor.
   * @param bind Replaced in tests.
   */
  constructor(
    maximum: number,
    bind: Readonly<Record<HeldPort["protocol"], Bind>> = { tcp: bindTcp, udp: bindUdp },
  ) {
    this.#maximum = maximum;
    this.#bind = bind;
  }

  /** Whether a port is held here, so that it is not a service of the engine's network. */
  has(protocol: HeldPort["protocol"], port: number): boolean {
    return this.#held.has(keyOf({ protocol, port }));
  }

  /**
   * Holds these ports and no others, for a time. A port that something else has is left alone: dockerd cannot bind
   * that either.
   */
  hold(ports: readonly HeldPort[], milliseconds: number): Promise<void> {
    const change = this.#last.then(() => this.#become(ports.slice(0, this.#maximum)));
    this.#last = change;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.hold([], 0), milliseconds);
    if (ports.length === 0) clearTimeout(this.#timer);
    return change;
  }

  /** Lets go of all. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const release of this.#held.values()) release();
    this.#held.clear();
  }

  async #become(ports: readonly HeldPort[]): Promise<void> {
    const wanted = new Map(ports.map((each) => [keyOf(each), each]));
    for (const [key, release] of this.#held) {
      if (wanted.has(key)) continue;
      this.#held.delete(key);
      release();
    }
    for (const [key, { protocol, port }] of wanted) {
      if (this.#held.has(key)) continue;
      const release = await this.#bind[protocol](port).catch(() => undefined);
      if (release !== undefined) this.#held.set(key, release);
    }
  }
}

function keyOf({ protocol, port }: HeldPort): string {
  return `${protocol} ${port}`;
}

function bindTcp(port: number): Promise<() => void> {
  // `::` takes IPv4 along; a kernel without IPv6 has no such address.
  for (const hostname of ["::", "0.0.0.0"]) {
    try {
      const listener = Deno.listen({ hostname, port });
      listener.unref();
      return Promise.resolve(() => listener.close());
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) return Promise.reject(error);
    }
  }
  return Promise.reject(new Deno.errors.AddrNotAvailable());
}

function hasIpv6(): boolean {
  try {
    return Deno.statSync("/proc/net/if_inet6").isFile;
  } catch {
    return false;
  }
}

async function bindUdp(port: number): Promise<() => void> {
  // Loaded when it is needed, as for datagrams of clients.
  const { createSocket } = await import("node:dgram");
  const bound = Promise.withResolvers<void>();
  const socket = createSocket({ type: hasIpv6() ? "udp6" : "udp4" });
  socket.on("error", bound.reject);
  socket.bind({ port, exclusive: true }, bound.resolve);
  try {
    await bound.promise;
  } catch (error) {
    socket.close();
    throw error;
  }
  return () => socket.close();
}
