import { NAME_LIMITS } from "./name_limits.ts";

/**
 * In which order servers are asked: as they are listed, but after the others while they are silent. A server is
 * silent if it has answered no question at all since the one that it left open, so a container cannot make it look so
 * by asking for names that it does not answer.
 */
export class ServerOrder {
  readonly #now: () => number;
  readonly #silentUntil = new Map<string, number>();
  readonly #answeredAt = new Map<string, number>();
  readonly #probeAt = new Map<string, number>();
  #turn = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The servers in the order of asking. */
  order(servers: readonly string[], rotate = false): string[] {
    this.#forgetAllBut(servers);
    const first = rotate && servers.length > 0 ? this.#turn++ % servers.length : 0;
    const listed = [...servers.slice(first), ...servers.slice(0, first)];
    const silent = (server: string) => (this.#silentUntil.get(server) ?? -Infinity) > this.#now();
    return [...listed.filter((server) => !silent(server)), ...listed.filter(silent)];
  }

  /**
   * The silent servers that are due to be asked beside the others, to see whether they have come back. Only that they
   * answer is of interest.
   */
  probes(servers: readonly string[]): string[] {
    const due = servers.filter((server) => (this.#probeAt.get(server) ?? Infinity) <= this.#now());
    for (const server of due) this.#probeAt.set(server, this.#now() + NAME_LIMITS.probeMilliseconds);
    return due;
  }

  answered(server: string): void {
    this.#probeAt.delete(server);
    this.#silentUntil.delete(server);
    this.#answeredAt.set(server, this.#now());
  }

  /** The server has not answered in time what it was asked at this time. */
  silent(server: string, askedAt: number): void {
    if ((this.#answeredAt.get(server) ?? -Infinity) >= askedAt) return;
    if (!this.#probeAt.has(server)) this.#probeAt.set(server, this.#now() + NAME_LIMITS.probeMilliseconds);
    this.#silentUntil.set(server, this.#now() + NAME_LIMITS.silentMilliseconds);
  }

  now(): number {
    return this.#now();
  }

  #forgetAllBut(servers: readonly string[]): void {
    for (const known of [this.#silentUntil, this.#answeredAt, this.#probeAt]) {
      for (const server of known.keys()) if (!servers.includes(server)) known.delete(server);
    }
  }
}
