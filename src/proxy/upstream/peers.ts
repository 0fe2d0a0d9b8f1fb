import type { Duplex } from "../../streams/duplex.ts";

/** Containers, as other containers know them. */
export interface Peers {
  /**
   * The address of the container that a name means in the networks of a client; nothing if it is not a container's.
   *
   * @param client Address of the container that asks.
   */
  find(client: string, name: string): Promise<string | undefined>;
  /** Connects to a container by its address. @throws {WindlassError} `WL_ENGINE_FAILED` */
  connect(address: string, port: number): Duplex;
}
