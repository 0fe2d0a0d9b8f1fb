import type { Duplex } from "../streams/duplex.ts";

/** The connection of one client, as a listener accepts it. */
export interface ClientConnection extends Duplex {
  /**
   * Whether the client has gone altogether, as opposed to having closed only its own direction: nothing that
   * is written would reach anyone. Costs about a microsecond and sends nothing. May be called while a read or
   * a write is under way.
   */
  isGone(): Promise<boolean>;
}

/** A place where clients connect: a unix socket or a named pipe. Disposing it is the same as `close()`. */
export interface Listener extends Disposable {
  /** Where clients find it, such as `/run/docker.sock`. */
  readonly address: string;
  /**
   * The next client, or `null` once the listener is closed. A rejection concerns one client alone; the next
   * call may succeed.
   */
  accept(): Promise<ClientConnection | null>;
  /** Stops listening and takes the address away. Accepted connections stay. Repeating it does nothing. */
  close(): void;
}
