/** What is known of one client of a UDP port. */
interface Entry<Flow> {
  readonly flow: Flow;
  lastSeen: number;
}

/** The clients of a UDP port, at most so many, and when each was last heard of. Times are milliseconds. Pure. */
export class FlowTable<Flow> {
  readonly #entries = new Map<string, Entry<Flow>>();

  constructor(private readonly maximum: number) {}

  get size(): number {
    return this.#entries.size;
  }

  /** The flow of a client that was heard of just now. */
  touch(client: string, now: number): Flow | undefined {
    const entry = this.#entries.get(client);
    if (entry === undefined) return undefined;
    entry.lastSeen = now;
    this.#entries.delete(client);
    this.#entries.set(client, entry);
    return entry.flow;
  }

  /** Adds a client; returns the flow that had to make room, if one had to. */
  add(client: string, flow: Flow, now: number): Flow | undefined {
    const displaced = this.#entries.size < this.maximum ? undefined : this.takeSilentest();
    this.#entries.set(client, { flow, lastSeen: now });
    return displaced;
  }

  /** Forgets a client, if it still has that flow. */
  remove(client: string, flow: Flow): void {
    if (this.#entries.get(client)?.flow === flow) this.#entries.delete(client);
  }

  /** Takes out and returns the flows that nothing was heard of for so long. */
  takeSilent(now: number, milliseconds: number): Flow[] {
    const silent = [...this.#entries].filter(([, { lastSeen }]) => now - lastSeen >= milliseconds);
    for (const [client] of silent) this.#entries.delete(client);
    return silent.map(([, { flow }]) => flow);
  }

  /** Takes out and returns all of them. */
  takeAll(): Flow[] {
    return this.takeSilent(Infinity, 0);
  }

  /** Takes out and returns the flow that nothing was heard of for longest. */
  takeSilentest(): Flow | undefined {
    // The entries are in the order in which they were last heard of.
    const [found] = this.#entries;
    if (found !== undefined) this.#entries.delete(found[0]);
    return found?.[1].flow;
  }
}
