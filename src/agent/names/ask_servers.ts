import { sleep } from "../../timing/sleep.ts";
import { RESPONSE_CODE, responseCode } from "./dns_message.ts";
import { NAME_LIMITS } from "./name_limits.ts";
import type { ResolverConfiguration } from "./resolver_configuration.ts";
import type { ServerOrder } from "./server_order.ts";

/** Asks one server; resolves to nothing if it cannot be asked or gives no answer. Never rejects. */
export type AskServer = (server: string, signal: AbortSignal) => Promise<Uint8Array | undefined>;

/** How a question is asked. */
export interface AskServersOptions {
  readonly configuration: ResolverConfiguration;
  readonly order: ServerOrder;
  readonly ask: AskServer;
  readonly signal: AbortSignal;
  /** Replaces the waiting; for tests. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Answers that say something about the server, not about the name: another server may know better. */
const UNHELPFUL_CODES: ReadonlySet<number> = new Set([
  RESPONSE_CODE.serverFailure,
  RESPONSE_CODE.notImplemented,
  RESPONSE_CODE.refused,
  RESPONSE_CODE.notAuthoritative,
]);

/**
 * Asks servers in turn until one gives an answer about the name. One that fails gives place to the next at once; one
 * that is silent for a while gets company, and its answer is still taken. If there is no better answer, the last
 * unhelpful one is returned; nothing if there was none at all.
 */
export async function askServers(options: AskServersOptions): Promise<Uint8Array | undefined> {
  const { configuration, wait = sleep } = options;
  using round = new AskingRound(options);
  const expired = wait(NAME_LIMITS.questionMilliseconds, round.signal).then((): Turn => "expired");
  for (;;) {
    const asked = round.askNext();
    if (!asked && !round.isWaiting) return round.fallback;
    const turns = [round.nextOutcome(), expired];
    if (asked) {
      turns.push(wait(configuration.patienceMilliseconds, round.signal).then((): Turn => "impatient"));
    }
    const turn = await Promise.race(turns);
    if (options.signal.aborted) return undefined;
    if (round.answer !== undefined) return round.answer;
    if (turn !== "outcome") round.markSilent();
    if (turn === "expired") return round.fallback;
  }
}

/** Why it is another server's turn. */
type Turn = "outcome" | "impatient" | "expired";

/** What has become of the servers that one question was put to. */
class AskingRound implements Disposable {
  readonly #options: AskServersOptions;
  readonly #over = new AbortController();
  readonly signal: AbortSignal;
  /** Servers still to be asked, some of them again. */
  readonly #queue: string[];
  /** Servers that may still answer, with the time at which each was first asked. */
  readonly #open = new Map<string, number>();
  #outcome = Promise.withResolvers<Turn>();
  answer: Uint8Array | undefined;
  fallback: Uint8Array | undefined;

  constructor(options: AskServersOptions) {
    this.#options = options;
    this.signal = AbortSignal.any([options.signal, this.#over.signal]);
    const { configuration: { servers, attempts, rotate }, order } = options;
    const ordered = order.order(servers, rotate);
    this.#queue = Array.from({ length: attempts }, () => ordered).flat();
    for (const server of order.probes(servers)) {
      if (server !== ordered[0]) this.#probe(server);
    }
  }

  /** Whether a server that was asked may still answer. */
  get isWaiting(): boolean {
    return this.#open.size > 0;
  }

  /** Resolves when a server has answered or failed. */
  nextOutcome(): Promise<Turn> {
    return this.#outcome.promise;
  }

  /** Asks the next server; `false` if there is none left that could help. */
  askNext(): boolean {
    const server = this.#queue.shift();
    if (server === undefined) return false;
    const isRepeated = this.#open.has(server);
    if (isRepeated && this.fallback !== undefined) {
      // The others have had their time, and there is an answer that can be given.
      this.#open.clear();
      return false;
    }
    const { ask, order } = this.#options;
    const askedAt = order.now();
    if (!isRepeated) this.#open.set(server, askedAt);
    ask(server, this.signal).then((answer) => this.#settle(server, askedAt, answer));
    return true;
  }

  /** The servers that may still answer have been silent for long enough to be asked last in future. */
  markSilent(): void {
    for (const [server, askedAt] of this.#open) this.#options.order.silent(server, askedAt);
  }

  /** Asks a server only to see whether it answers, which takes nothing from the question. */
  #probe(server: string): void {
    const { ask, order, signal, wait = sleep } = this.#options;
    const end = new AbortController();
    wait(NAME_LIMITS.questionMilliseconds, AbortSignal.any([signal, end.signal])).then(() => end.abort());
    ask(server, end.signal).then((answer) => {
      if (answer !== undefined) order.answered(server);
      end.abort();
    });
  }

  #settle(server: string, askedAt: number, answer: Uint8Array | undefined): void {
    if (this.signal.aborted) return;
    const { order } = this.#options;
    this.#open.delete(server);
    // It has had its say: there is no use in asking it again.
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter((each) => each !== server));
    if (answer === undefined) order.silent(server, askedAt);
    else order.answered(server);
    if (answer !== undefined && UNHELPFUL_CODES.has(responseCode(answer))) this.fallback = answer;
    else this.answer ??= answer;
    this.#outcome.resolve("outcome");
    this.#outcome = Promise.withResolvers();
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }
}
