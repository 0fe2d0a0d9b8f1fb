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
  #onItem = () => {};

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

  /** The states that the engine has come into since an event. A state that passes quickly may have no event. */
  statesSince(event: number): string[] {
    return changesSince(
      event,
      this.events.map((each) => each.type === "status" ? each.status.engine.state : undefined),
    );
  }

  /** The states that the engine has come into, by the log, which has them all, since a line. */
  loggedStatesSince(line: number): string[] {
    return changesSince(
      line,
      this.lines.map(({ event, fields }) => event === "engine.state" ? String(fields?.["kind"]) : undefined),
    );
  }

  /** Resolves at the event that brings the engine into one of these states, if it has not come since that event. */
  async untilState(wanted: readonly string[], event: number, milliseconds: number): Promise<void> {
    const deadline = Date.now() + milliseconds;
    while (!this.statesSince(event).some((state) => wanted.includes(state))) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`Cannot see '${wanted}': there was only '${this.statesSince(event)}'`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onItem = resolve;
      const timer = setTimeout(resolve, left);
      await promise;
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.ended.catch(() => {});
    this.#client[Symbol.dispose]();
  }

  async #take<Item>(source: AsyncIterable<Item>, items: Item[]): Promise<void> {
    try {
      for await (const item of source) {
        items.push(item);
        this.#onItem();
      }
    } finally {
      this.hasEnded = true;
    }
  }
}

/** The items from an index on that differ from what was before them; those that are undefined say nothing. */
function changesSince(index: number, items: readonly (string | undefined)[]): string[] {
  const changes: string[] = [];
  let last: string | undefined;
  for (const [at, item] of items.entries()) {
    if (item === undefined) continue;
    if (at >= index && item !== last) changes.push(item);
    last = item;
  }
  return changes;
}
