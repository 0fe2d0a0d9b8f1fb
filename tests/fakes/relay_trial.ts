import assert from "node:assert/strict";
import type { LogFields } from "../../src/logging/log.ts";
import { ClientWatch } from "../../src/relay/client_watch.ts";
import { RelayConnection } from "../../src/relay/relay_connection.ts";
import type { BeforeStart } from "../../src/relay/http/held_start.ts";
import type { ActiveRequest } from "../../src/relay/http/pending_request.ts";
import type { Duplex } from "../../src/streams/duplex.ts";
import { createMemoryDuplexPair } from "../../src/streams/memory_duplex.ts";
import { createMemoryClient, type MemoryClient, readText, writeText } from "./relay_fakes.ts";

/** Paths below it are refused. */
export const REFUSED_ROOT = "/refused";

/** One connection under test. Its engine is in memory, too. */
export class RelayTrial implements AsyncDisposable {
  readonly client: MemoryClient = createMemoryClient();
  readonly watch = new ClientWatch();
  readonly connection: RelayConnection;
  readonly ended: Promise<void>;
  /** The engine's end of the stream. */
  readonly engine: Duplex;
  opened = 0;
  readonly logged: LogFields[] = [];
  readonly endedRequests: string[] = [];

  constructor(open?: (signal: AbortSignal) => Promise<Duplex>, beforeStart?: BeforeStart) {
    const [near, far] = createMemoryDuplexPair();
    this.engine = far;
    this.connection = new RelayConnection(this.client.accepted, {
      openUpstream: (signal) => {
        this.opened++;
        return open === undefined ? Promise.resolve(near) : open(signal);
      },
      translatePath: (source) => {
        if (source.startsWith(REFUSED_ROOT)) return { refused: "it is not shared; share it" };
        return source.startsWith("/") ? `/mnt/c${source}` : undefined;
      },
      beforeStart,
      id: 12,
      log: (_, event, fields) => void this.logged.push({ ...fields, event }),
      watch: this.watch,
      requestEnded: (request) => this.endedRequests.push(nameOf(request)),
    });
    this.ended = this.connection.run();
  }

  /** Sends from the client and awaits it at the engine. */
  async send(text: string, expected = text): Promise<void> {
    const sent = writeText(this.client.own, text);
    assert.equal(await readText(this.engine, expected.length), expected);
    await sent;
  }

  /** Answers from the engine and awaits it at the client. */
  async answer(text: string): Promise<void> {
    const sent = writeText(this.engine, text);
    assert.equal(await readText(this.client.own, text.length), text);
    await sent;
  }

  /** What the connection says it is doing. */
  get station(): string {
    return this.connection.report(Date.now()).station;
  }

  get kinds(): string[] {
    return this.connection.activeRequests.map(nameOf);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close();
    await this.ended;
    this.watch[Symbol.dispose]();
  }
}

function nameOf({ kind, method, path }: ActiveRequest): string {
  return `${kind} ${method} ${path}`.trim();
}
