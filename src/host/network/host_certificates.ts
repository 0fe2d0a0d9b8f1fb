import { RPC_LIMITS } from "../../agent/protocol/rpc_limits.ts";
import type { Problem } from "../../api/resources/problems.ts";
import type { TrustedCertificates } from "../../api/resources/network.ts";
import type { TrustReport } from "../../certificates/machine_trust.ts";
import { errorText } from "../../errors/error_text.ts";
import { problemOf } from "../../errors/problem_of.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { sleep } from "../../timing/sleep.ts";
import type { EngineLife } from "../engine/engine_life.ts";

/**
 * A change reaches the engine this late at worst, and the end of what uses a dockerd with old ones is noticed this late.
 * Reading the stores takes a few milliseconds, and whether containers run is one request to dockerd.
 */
const WATCH_MILLISECONDS = 15_000;
/** For an agent that is busy with its start. */
const SEND_MILLISECONDS = 30_000;
/** As many as a list in a terminal has room for. */
const SHOWN_REFUSED = 20;

/** What the certificates of a host depend on. */
export interface HostCertificatesOptions {
  /** Reads what the machine trusts; the same object while nothing has changed. @default {trustReport} */
  readonly read?: () => Promise<TrustReport>;
  /** The setting `network.containerCertificates`. */
  readonly forContainers: () => boolean;
  readonly log: Log;
  /** Called when what is reported here has changed. */
  readonly onChange: () => void;
}

/** The life of an engine, as far as its certificates are concerned. */
export type CertifiedLife = Pick<EngineLife, "ended" | "setCertificates">;

/** Stops dockerd and starts it again, if nothing uses it at that very moment. Resolves to whether it did. */
export type RestartIfUnused = () => Promise<boolean>;

/** Has the engine trust what the machine trusts, now and after each change. Reads nothing while no engine runs. */
export class HostCertificates implements Disposable {
  readonly #options: HostCertificatesOptions;
  readonly #end = new AbortController();
  #trust: TrustReport | undefined;
  #engine: TrustedCertificates["engine"] = "unknown";
  /** The life that the engine is in; one that ended before has nothing to say any more. */
  #newest: CertifiedLife | undefined;
  /** Ends the pause before the stores are read again. */
  #wake = new AbortController();

  constructor(options: HostCertificatesOptions) {
    this.#options = options;
  }

  /** What is known of them; `null` before the first life of the engine. */
  report(): TrustedCertificates | null {
    if (this.#trust === undefined) return null;
    const { certificates, stores, refused } = this.#trust;
    return {
      total: certificates.length,
      stores: stores.map(({ name, count }) => ({ name, count })),
      refused: refused.slice(0, SHOWN_REFUSED).map(({ name, store, reason }) => ({
        subject: `${name} (${store})`,
        reason,
      })),
      engine: this.#engine,
    };
  }

  /** What the user should know of them. */
  warnings(): readonly Problem[] {
    const { problem, refused = [] } = this.#trust ?? {};
    const [first] = refused;
    const warnings: Problem[] = problem === undefined ? [] : [{ ...problem }];
    if (first !== undefined) {
      const others = refused.length === 1 ? "" : `; ${refused.length - 1} more cannot be used either`;
      const state = `${first.reason}${others}`;
      warnings.push(problemOf(
        new WindlassError(
          "WL_CERTIFICATE_REFUSED",
          `Cannot use '${first.name}' of the store '${first.store}': ${state}`,
        ),
      ));
    }
    if (this.#isPending) {
      const state = "Docker is in use, and reads them when it is started";
      warnings.push(problemOf(
        new WindlassError("WL_CERTIFICATES_PENDING", `Cannot use the changed certificates yet: ${state}`),
      ));
    }
    return warnings;
  }

  /** Sends what the machine trusts to the agent of a life that has begun, and what changes until it ends. */
  lifeBegins(life: CertifiedLife, restartIfUnused: RestartIfUnused): void {
    this.#newest = life;
    void this.#follow(life, restartIfUnused);
  }

  /** A setting has changed that this depends on. */
  settingChanged(): void {
    this.#wake.abort();
  }

  [Symbol.dispose](): void {
    this.#end.abort();
  }

  /** Never rejects. */
  async #follow(life: CertifiedLife, restartIfUnused: RestartIfUnused): Promise<void> {
    const ended = new AbortController();
    void life.ended.then(() => ended.abort());
    const over = AbortSignal.any([ended.signal, this.#end.signal]);
    let sent: { readonly trust: TrustReport; readonly forContainers: boolean } | undefined;
    while (!over.aborted) {
      this.#wake = new AbortController();
      const trust = await this.#read();
      const forContainers = this.#options.forContainers();
      try {
        const isNew = trust !== sent?.trust || forContainers !== sent.forContainers;
        const send = async (pem: string | undefined) => {
          const signal = AbortSignal.any([over, AbortSignal.timeout(SEND_MILLISECONDS)]);
          const { restartNeeded } = await life.setCertificates(pem, forContainers, signal);
          this.#engineHas(restartNeeded ? "at the next idle moment" : "in use");
        };
        if (isNew || this.#isPending) await send(isNew ? this.#pemOf(trust) : undefined);
        sent = { trust, forContainers };
        // A client may have come in the middle of the restart, which then comes to nothing.
        if (this.#isPending && await restartIfUnused()) await send(undefined);
      } catch (error) {
        if (over.aborted) break;
        this.#options.log("warn", "network.certificates.failed", { reason: errorText(error) });
      }
      await sleep(WATCH_MILLISECONDS, AbortSignal.any([over, this.#wake.signal]));
    }
    if (this.#newest === life) this.#engineHas("unknown");
  }

  get #isPending(): boolean {
    return this.#engine === "at the next idle moment";
  }

  async #read(): Promise<TrustReport> {
    const { read = (await import("../../certificates/trusted_certificates.ts")).trustReport } = this.#options;
    const trust = await read();
    if (trust !== this.#trust) {
      const { certificates, refused, problem } = trust;
      this.#options.log(problem === undefined ? "info" : "warn", "network.certificates.read", {
        certificates: certificates.length,
        refused: refused.length,
        ...problem === undefined ? {} : { reason: problem.message },
      });
      this.#trust = trust;
      this.#options.onChange();
    }
    return trust;
  }

  /** Those that fit in a line to the agent, which is all of them on every machine that we know. */
  #pemOf({ certificates }: TrustReport): string {
    let room: number = RPC_LIMITS.certificatesCharacters;
    const fitting = certificates.filter((pem) => (room -= pem.length) >= 0);
    if (fitting.length < certificates.length) {
      const left = certificates.length - fitting.length;
      this.#options.log("warn", "network.certificates.cut", { left, sent: fitting.length });
    }
    return fitting.join("");
  }

  #engineHas(engine: TrustedCertificates["engine"]): void {
    if (engine === this.#engine) return;
    this.#engine = engine;
    this.#options.onChange();
  }
}
