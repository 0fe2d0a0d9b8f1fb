/**
 * Hosts that are remembered: more than a pull, a build and a few containers ask for in a day. Of each kind of client at
 * least half of them stay, however many names the other asks for.
 */
const MAXIMUM_HOSTS = 50;

/** One request that went through the network proxy, or a tunnel. */
export interface HostVisit {
  /** As in `Target`. */
  readonly host: string;
  readonly port: number;
  readonly client: "engine" | "container";
  /** `direct`, or the proxy's address without credentials; of a failure, the way that was tried last. */
  readonly way: string;
  /** As in `Decision`. */
  readonly rule: string;
  /** `connected`, `led to the container`, or why not: a whole sentence without secrets. */
  readonly outcome: string;
  readonly reached: boolean;
  /** From the request to the open connection, or to the failure. */
  readonly milliseconds: number;
}

/** A host with its last request. */
export interface RecentHost extends HostVisit {
  /** When the last request was noted: ISO 8601, UTC. */
  readonly at: string;
  /** Requests and tunnels since the host was first remembered. */
  readonly requests: number;
  /** How many of them failed. */
  readonly failures: number;
}

/** Which way the last hosts went, for users. Memory only: nothing is written anywhere. */
export class RecentHosts {
  /** By `HOST:PORT`, the oldest first. */
  readonly #hosts = new Map<string, RecentHost>();
  readonly #now: () => Date;

  constructor(now = () => new Date()) {
    this.#now = now;
  }

  note(visit: HostVisit): void {
    const key = `${visit.host}:${visit.port}`;
    const known = this.#hosts.get(key);
    this.#hosts.delete(key); // so that it becomes the newest
    this.#hosts.set(key, {
      ...visit,
      at: this.#now().toISOString(),
      requests: (known?.requests ?? 0) + 1,
      failures: (known?.failures ?? 0) + (visit.reached ? 0 : 1),
    });
    if (this.#hosts.size > MAXIMUM_HOSTS) this.#forgetOne();
  }

  /** Forgets the oldest host of the kind of client that has most. */
  #forgetOne(): void {
    const hosts = [...this.#hosts];
    const ofContainers = hosts.filter(([, { client }]) => client === "container");
    const kind = ofContainers.length > MAXIMUM_HOSTS / 2 ? "container" : "engine";
    const [key] = hosts.find(([, { client }]) => client === kind) ?? [];
    if (key !== undefined) this.#hosts.delete(key);
  }

  /** The newest first. */
  list(): RecentHost[] {
    return [...this.#hosts.values()].reverse();
  }
}
