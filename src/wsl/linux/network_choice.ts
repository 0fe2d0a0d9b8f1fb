/** A private /30: the host's side, the distros' side. */
export interface PrivateNetwork {
  readonly gateway: string;
  readonly guest: string;
  readonly prefix: 30;
}

/** Where networks are looked for, in order of preference; Docker's own defaults lie elsewhere. */
const POOLS = ["10.211.0.0/16", "192.168.211.0/24", "198.18.0.0/15"];
const NETWORK_SIZE = 4;

/** An IPv4 range in CIDR form as first and last number; `null` for anything else. */
export function ipv4Range(text: string): [first: number, last: number] | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(text);
  if (match === null) return null;
  const parts = match.slice(1, 5).map(Number);
  const bits = match[5] === undefined ? 32 : Number(match[5]);
  if (parts.some((part) => part > 255) || bits > 32) return null;
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(address / size) * size;
  return [first, first + size - 1];
}

/**
 * A network that overlaps none of the host's routes. Where to begin in a pool depends on `seed`, so that two
 * instances seldom try the same one.
 *
 * @returns `null` when every candidate overlaps a route.
 *
 * @example
 * ```ts
 * chooseNetwork(["10.0.0.0/8"], 0); // { gateway: "192.168.211.1", guest: "192.168.211.2", prefix: 30 }
 * ```
 */
export function chooseNetwork(routes: readonly string[], seed: number): PrivateNetwork | null {
  const taken = routes.map(ipv4Range).filter((range) => range !== null);
  for (const pool of POOLS) {
    const [first, last] = ipv4Range(pool) as [number, number];
    const count = (last - first + 1) / NETWORK_SIZE;
    for (let tried = 0; tried < count; tried++) {
      const network = first + ((seed + tried) % count) * NETWORK_SIZE;
      if (taken.some(([from, to]) => from <= network + NETWORK_SIZE - 1 && to >= network)) continue;
      return { gateway: dotted(network + 1), guest: dotted(network + 2), prefix: 30 };
    }
  }
  return null;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
