/** What Windows has answered for a PAC file, each host asked once. */
import type { AwakeClock } from "../../../timing/awake_time.ts";

/** Hosts that are kept: a machine uses some hundred, and a container may make up any number. */
const HOSTS = 1_000;
/** Calls at a time: each takes a thread, and a PAC file that hangs would take all of them. */
const CALLS = 4;
/** Calls that may wait for their turn. */
const WAITING_CALLS = 256;
/** Failures are asked again soon: a proxy server may just be starting. */
const FAILURE_MILLISECONDS = 30_000;

/** Asks Windows which proxies a PAC file names for a URL, "" for none; `null` if it does not know. */
export type AskScript = (url: string, scriptUrl: string) => Promise<string | null>;

interface Answer {
  readonly servers: Promise<string | null>;
  /** Milliseconds of the clock after which it is asked again. */
  readonly until: () => number;
}

/** Answers are kept until this is thrown away, failures for half a minute. */
export class ScriptAnswers {
  readonly #ask: AskScript;
  readonly #clock: Pick<AwakeClock, "now">;
  readonly #answers = new Map<string, Answer>();
  readonly #waiting: (() => void)[] = [];
  #calls = 0;

  constructor(ask: AskScript, clock: Pick<AwakeClock, "now">) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** `null` also when too many others are waiting for an answer. */
  serversFor(url: string, scriptUrl: string): Promise<string | null> {
    const key = `${scriptUrl} ${url}`;
    const known = this.#answers.get(key);
    if (known !== undefined && this.#clock.now() < known.until()) return known.servers;
    if (this.#waiting.length >= WAITING_CALLS) return Promise.resolve(null);
    let until = Infinity;
    const servers = this.#inTurn(() => this.#ask(url, scriptUrl)).then((answer) => {
      if (answer === null) until = this.#clock.now() + FAILURE_MILLISECONDS;
      return answer;
    });
    this.#answers.delete(key);
    this.#answers.set(key, { servers, until: () => until });
    if (this.#answers.size > HOSTS) this.#answers.delete(this.#answers.keys().next().value!);
    return servers;
  }

  async #inTurn<T>(call: () => Promise<T>): Promise<T> {
    if (this.#calls >= CALLS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#calls++;
    try {
      return await call();
    } finally {
      // The next one takes this turn over.
      const next = this.#waiting.shift();
      if (next === undefined) this.#calls--;
      else next();
    }
  }
}
