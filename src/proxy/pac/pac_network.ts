/** What PAC files ask of the network of this machine: addresses of names, and its own. */
import { lookup } from "node:dns/promises";

/** A name that does not resolve in this time counts as unknown: PAC files ask for several, one after another. */
const LOOKUP_MILLISECONDS = 1_500;
/** How long an answer of the name server is kept, one that there is no such name as well. */
const KEPT_MILLISECONDS = 60_000;
/** Names whose addresses are kept. */
const KEPT_NAMES = 1_000;
/** No name is longer. */
const NAME_CHARACTERS = 253;

/** Addresses of a name, in the order of the system. Rejects if there is no such name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Names that were looked up lately. */
export class KeptNames {
  readonly #kept = new Map<string, { readonly until: number; readonly addresses: readonly string[] }>();

  constructor(
    private readonly resolve: Resolve = systemResolve,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** What is known of a name; `undefined` if it has to be looked up. */
  get(name: string): readonly string[] | undefined {
    if (name === "" || name.length > NAME_CHARACTERS) return [];
    const known = this.#kept.get(name);
    return known === undefined || known.until <= this.now() ? undefined : known.addresses;
  }

  /** Looks a name up, and keeps what comes: a name server that does not answer is as good as one that knows no such name. */
  async look(name: string): Promise<void> {
    const late = Promise.withResolvers<readonly string[]>();
    const timer = setTimeout(() => late.resolve([]), LOOKUP_MILLISECONDS);
    const addresses = await Promise.race([this.resolve(name).catch(() => []), late.promise]);
    clearTimeout(timer);
    this.#kept.delete(name);
    this.#kept.set(name, { until: this.now() + KEPT_MILLISECONDS, addresses });
    if (this.#kept.size > KEPT_NAMES) this.#kept.delete(this.#kept.keys().next().value!);
  }
}

async function systemResolve(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

/** Of virtual machines and containers: networks that no PAC file means. */
const VIRTUAL_REGEXP =
  /^(?:docker|br-|veth|virbr|vboxnet|vmnet|cni|podman|windlass|vEthernet|wl[0-9a-f]{8}$)/i;
const LOCAL_REGEXP = /^(?:127\.|169\.254\.|::1$|fe80:)/i;

/**
 * The addresses of this machine, those of real networks and VPNs before those of virtual machines; nothing is sent to
 * find out which of them leads outside. Pure.
 */
export function ownAddresses(
  interfaces: readonly Pick<Deno.NetworkInterfaceInfo, "name" | "address">[],
): readonly string[] {
  const usable = interfaces.filter(({ address }) => !LOCAL_REGEXP.test(address));
  const isVirtual = ({ name }: { readonly name: string }) => VIRTUAL_REGEXP.test(name);
  return [...usable.filter((entry) => !isVirtual(entry)), ...usable.filter(isVirtual)]
    .map(({ address }) => address);
}
