import type { Duplex } from "../streams/duplex.ts";

/** A TCP port that is listened on. */
export interface TcpListener {
  readonly port: number;
  /**
   * The next client, or `null` once the listener is closed. A rejection concerns this one call; the next may
   * succeed.
   */
  accept(): Promise<Duplex | null>;
  /** Stops listening; accepted connections stay. Repeating it does nothing. */
  close(): void;
}
