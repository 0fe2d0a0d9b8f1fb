import { ConnectionBudget, type ConnectionShare } from "./connection_budget.ts";
import type { ConnectionLimits } from "./connection_limits.ts";

/**
 * The connections that carry data of containers, counted against one total and against the limits of what they lead to
 * or come from. The user's own Docker requests are not among them, so they always have room.
 */
export class DataConnections {
  readonly #budget: ConnectionBudget;

  constructor(readonly limits: ConnectionLimits) {
    this.#budget = new ConnectionBudget(limits.data);
  }

  get open(): number {
    return this.#budget.open;
  }

  /** One client of a published port. */
  takeForPort(port: string, containerAddress: string): ConnectionShare | undefined {
    return this.#budget.take(
      { key: `port ${port}`, maximum: this.limits.port },
      { key: `to ${containerAddress}`, maximum: this.limits.address },
    );
  }

  /** One connection of a container to a port of the user's machine. */
  takeForService(port: number): ConnectionShare | undefined {
    return this.#budget.take({ key: `service ${port}`, maximum: this.limits.service });
  }

  /** One connection from a container's address to whatever port of the user's machine. */
  takeFromContainer(address: string): ConnectionShare | undefined {
    return this.#budget.take({ key: `from ${address}`, maximum: this.limits.container });
  }

  /** One connection to the network proxy, of the engine's own programs or of one container. */
  takeForProxy(client: string): ConnectionShare | undefined {
    return this.#budget.take({ key: `proxy ${client}`, maximum: this.limits.proxyClient });
  }

  /** One connection that the other end of the link has counted by itself already. */
  take(): ConnectionShare | undefined {
    return this.#budget.take();
  }
}
