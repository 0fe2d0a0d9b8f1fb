import type { PortProtocol } from "./port_request.ts";

/** Where a port is. */
export interface PortPlace {
  readonly protocol: PortProtocol;
  readonly address: string;
  readonly port: number;
}

/** What is open on each port, found by its number: a container may publish a thousand of them. Pure. */
export class PortTable<Item extends { readonly entry: PortPlace }> {
  /** By protocol and number, then by address. */
  readonly #items = new Map<string, Map<string, Item>>();

  /** Everything that is open on a number, on any address. */
  on({ protocol, port }: Omit<PortPlace, "address">): readonly Item[] {
    return [...this.#items.get(`${protocol} ${port}`)?.values() ?? []];
  }

  /** Everything, in no particular order. */
  all(): readonly Item[] {
    return [...this.#items.values()].flatMap((items) => [...items.values()]);
  }

  /** Adds an item; it takes the place of another one on the same address. */
  add(item: Item): void {
    const { protocol, address, port } = item.entry;
    const name = `${protocol} ${port}`;
    const items = this.#items.get(name) ?? new Map<string, Item>();
    this.#items.set(name, items.set(address, item));
  }

  /** Removes an item, unless another one has taken its place. */
  remove(item: Item): void {
    const { protocol, address, port } = item.entry;
    const name = `${protocol} ${port}`;
    const items = this.#items.get(name);
    if (items?.get(address) !== item) return;
    items.delete(address);
    if (items.size === 0) this.#items.delete(name);
  }
}
