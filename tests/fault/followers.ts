import { join } from "node:path";
import type { HostEvent } from "../../src/api/resources/events.ts";
import type { LogLine } from "../../src/api/resources/logs.ts";
import { WindlassClient } from "../../src/client/windlass_client.ts";
import { eventually } from "../support/eventually.ts";
import type { WindlassInstance } from "../support/windlass_instance.ts";

/** Clients that follow the events and the log of a host. Disposal ends them. */
export class Followers implements AsyncDisposable {
  readonly events: HostEvent[] = [];
  readonly lines: LogLine[] = [];
  /** Settled when both streams have ended; rejected if one ended with an error. */
  readonly ended: Promise<void>;
  /** Whether a stream has ended. */
  hasEnded = false;
  readonly #client: WindlassClient;
  readonly #end = new AbortController();

  private constructor(instance: WindlassInstance) {
    this.#client = new WindlassClient({ addressFile: join(instance.home, "api.json") });
    const { signal } = this.#end;
    this.ended = Promise.all([
      this.#take(this.#client.events({ signal }), this.events),
      this.#take(this.#client.logs.follow({ signal }), this.lines),
    ]).then(() => {});
    this.ended.catch(() => {}); // reported to the test that awaits it
  }

  /** Resolves when both streams have brought something. */
  static async open(instance: WindlassInstance): Promise<Followers> {
    const followers = new Followers(instance);
    await eventually(() => {
      if (followers.events.length === 0 || followers.lines.length === 0) throw new Error("nothing has come");
    });
    return followers;
  }

  /** The states of the engine since an event, each once in a row. */
  statesSince(event: number): string[] {
    const states = this.events.slice(event).flatMap((each) =>
      each.type === "status" ? [each.status.engine.state] : []
    );
    return states.filter((state, index) => state !== states[index - 1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.ended.catch(() => {});
    this.#client[Symbol.dispose]();
  }

  async #take<Item>(source: AsyncIterable<Item>, items: Item[]): Promise<void> {
    try {
      for await (const item of source) items.push(item);
    } finally {
      this.hasEnded = true;
    }
  }
}
