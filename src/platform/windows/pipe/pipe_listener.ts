import type { ClientConnection, Listener } from "../../listener.ts";
import { NT_STATUS, statusName } from "../nt_status.ts";
import { PipeConnection } from "./pipe_connection.ts";
import type { PipeInstance } from "./pipe_instance.ts";

/**
 * Instances that wait for clients. One that comes when none waits gets the answer that the pipe is busy, and some give up
 * after 100 ms or lose a second; a `docker compose up` opens some twenty connections within a millisecond.
 */
const WAITING_INSTANCES = 256;
/** Clients that are connected and not accepted; while there are so many, no further instance waits. */
const UNACCEPTED_CLIENTS = 256;

/** One more instance of the pipe, or the kernel's status that says why not. */
export type CreateInstance = () => PipeInstance | number;

/**
 * Keeps instances waiting for clients. A connected one is replaced before it is handed out, so that the name never
 * vanishes while this listens.
 */
export class PipeListener implements Listener {
  readonly #waiting = new Set<PipeInstance>();
  readonly #connected: PipeConnection[] = [];
  #accepting: PromiseWithResolvers<ClientConnection | null> | null = null;
  #failure: Error | null = null;
  #closed = false;

  /** @param first an instance that nobody has listened on */
  constructor(
    readonly address: string,
    first: PipeInstance,
    private readonly createInstance: CreateInstance,
    private readonly released: () => void,
  ) {
    this.#listenOn(first);
    this.#fill();
  }

  accept(): Promise<ClientConnection | null> {
    if (this.#closed) return Promise.resolve(null);
    this.#failure = null;
    this.#fill();
    const connection = this.#connected.shift();
    if (connection !== undefined) return Promise.resolve(connection);
    this.#accepting ??= Promise.withResolvers();
    const accepted = this.#accepting.promise;
    this.#reportFailure();
    return accepted;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const instance of this.#waiting) instance.close();
    for (const connection of this.#connected.splice(0)) connection.close();
    this.#accepting?.resolve(null);
    this.#accepting = null;
    this.released();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #fill(): void {
    while (this.#waiting.size < WAITING_INSTANCES && this.#connected.length < UNACCEPTED_CLIENTS) {
      const instance = this.createInstance();
      if (typeof instance === "number") {
        if (this.#waiting.size > 0) return; // the next call of accept() tries again
        const reason = `Windows cannot create another instance of the pipe (${statusName(instance)})`;
        this.#failure = new Deno.errors.Busy(`Cannot wait for another client: ${reason}`);
        return;
      }
      this.#listenOn(instance);
    }
  }

  #listenOn(instance: PipeInstance): void {
    this.#waiting.add(instance);
    void instance.listen().then(({ status }) => this.#listened(instance, status));
  }

  #listened(instance: PipeInstance, status: number): void {
    this.#waiting.delete(instance);
    if (this.#closed) return instance.close();
    if (!CONNECTED.includes(status)) {
      instance.close();
      this.#failure = new Deno.errors.ConnectionReset(
        `Cannot accept a client: the pipe reports ${statusName(status)}`,
      );
    }
    this.#fill();
    if (CONNECTED.includes(status)) this.#deliver(new PipeConnection(instance));
    this.#reportFailure();
  }

  #deliver(connection: PipeConnection): void {
    if (this.#accepting === null) {
      this.#connected.push(connection);
    } else {
      this.#accepting.resolve(connection);
      this.#accepting = null;
    }
  }

  #reportFailure(): void {
    const failure = this.#failure;
    if (failure === null || this.#accepting === null) return;
    this.#failure = null;
    this.#accepting.reject(failure);
    this.#accepting = null;
  }
}

/** A client that has left again may still have sent something. */
const CONNECTED: readonly number[] = [NT_STATUS.SUCCESS, NT_STATUS.PIPE_CONNECTED, NT_STATUS.PIPE_CLOSING];
