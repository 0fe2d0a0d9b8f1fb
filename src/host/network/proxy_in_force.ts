import { errorText } from "../../errors/error_text.ts";
import type { Log } from "../../logging/log.ts";
import type { DecideWay, Target } from "../../proxy/way.ts";

/**
 * Hosts of the open internet. Where one of them is reached through a proxy, most that a container asks for is as well; a
 * proxy for a company's own hosts alone leaves containers as they are.
 */
const TARGETS: readonly Target[] = [
  { scheme: "https", hostname: "registry-1.docker.io", port: 443 },
  { scheme: "http", hostname: "deb.debian.org", port: 80 },
];
/** The system may look for a PAC file first, and that file for names. */
const DECISION_MILLISECONDS = 30_000;

/** Whether programs of this machine reach the internet through a proxy, as far as it is known. */
export class ProxyInForce implements AsyncDisposable {
  readonly #ways: DecideWay;
  readonly #onChange: () => void;
  readonly #log: Log;
  readonly #end = new AbortController();
  #value: boolean | undefined;
  #looking: Promise<void> = Promise.resolve();
  #waits = false;

  /** @param onChange Called after {@linkcode ProxyInForce.value} has changed. */
  constructor(ways: DecideWay, onChange: () => void, log: Log) {
    [this.#ways, this.#onChange, this.#log] = [ways, onChange, log];
  }

  /** `undefined` until the first check is done. */
  get value(): boolean | undefined {
    return this.#value;
  }

  /** Finds out how it is now, in its own time. A check that fails is in the log; what was known holds. */
  look(): void {
    if (this.#waits) return;
    this.#waits = true;
    this.#looking = this.#looking.then(async () => {
      this.#waits = false;
      await this.#look();
    }).catch((error) => this.#log("warn", "network.proxy.unknown", { reason: errorText(error) }));
  }

  /** Resolves when the checks that were asked for have ended. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  /** Ends a check that is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#looking;
  }

  async #look(): Promise<void> {
    if (this.#end.signal.aborted) return;
    const limit = AbortSignal.timeout(DECISION_MILLISECONDS);
    const signal = AbortSignal.any([this.#end.signal, limit]);
    let value: boolean;
    try {
      value = await isProxyInForce(this.#ways, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return; // what was known holds
    }
    if (value === this.#value) return;
    this.#value = value;
    this.#onChange();
  }
}

/** @throws {unknown} the signal's reason. */
export async function isProxyInForce(ways: DecideWay, signal: AbortSignal): Promise<boolean> {
  const decisions = await Promise.all(TARGETS.map((target) => ways.decide(target, signal)));
  return decisions.some(({ ways }) => ways.some(({ kind }) => kind === "proxy"));
}
