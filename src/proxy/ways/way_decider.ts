import { errorText } from "../../errors/error_text.ts";
import type { SystemAnswer, SystemProxy } from "../../platform/system_proxy.ts";
import { orAborted } from "../../timing/or_aborted.ts";
import { PacProxy, type PacProxyOptions, type PacState } from "../pac/pac_proxy.ts";
import { isThisMachine } from "../this_machine.ts";
import { type DecideWay, type Decision, proxyText, type Target, type Way } from "../way.ts";
import { environmentAnswer, type ReadVariable } from "./environment_proxies.ts";
import { isExempt, type NoProxyRule, parseNoProxyEntry } from "./no_proxy.ts";
import { decidedBySetting, parseProxySetting, withHiddenPassword } from "./proxy_setting.ts";

/** Settings that decide, as they are now. */
export interface WaySettings {
  /** The value of `network.proxy`. */
  readonly proxy: string;
  /** The value of `network.noProxy`. */
  readonly noProxy: readonly string[];
}

export interface WayDeciderOptions {
  readonly settings: () => WaySettings;
  readonly readVariable: ReadVariable;
  /** Whether variables come before the settings of the system, as on Linux; else after them, as on Windows. */
  readonly variablesFirst: boolean;
  /** Opens the settings of the system, for the first request that they decide. */
  readonly openSystem: () => Promise<SystemProxy>;
  readonly readPac: PacProxyOptions["read"];
  /** Called after every change of {@linkcode WayDecider.decidedBy} and {@linkcode WayDecider.pac}. */
  readonly onChange: () => void;
  /** @default {that of a file at an address} */
  readonly openPac?: (options: PacProxyOptions) => PacProxy;
}

const DIRECT: readonly Way[] = [{ kind: "direct" }];
/** A proxy elsewhere would lead to its own machine. */
const THIS_MACHINE: Decision = { ways: DIRECT, rule: "the host is this machine" };

/** A decision; `isLost` if its PAC file was dropped while it was asked, so that what decides now has to. */
type Found = Decision & { readonly isLost?: boolean };

/** The PAC file that is in use. */
export interface PacInUse extends PacState {
  /** Without a password. */
  readonly url: string;
}

/** Decides by the settings of Windlass, and where those say so, by those of the system and its user. */
export class WayDecider implements DecideWay, Disposable {
  readonly #options: WayDeciderOptions;
  #system: Promise<SystemProxy> | undefined;
  #pac: PacProxy | undefined;
  #exemptions: { readonly of: readonly string[]; readonly rules: readonly NoProxyRule[] } = {
    of: [],
    rules: [],
  };
  #decidedBy: string | undefined;
  /** Whether the system may have stopped using its PAC file; it may also have evaluated it itself for some targets. */
  #pacMayGo = false;
  #isDisposed = false;

  constructor(options: WayDeciderOptions) {
    this.#options = options;
  }

  /** What decides the way of a request, in words, as far as it is known without one. */
  get decidedBy(): string {
    const { proxy } = this.#options.settings();
    return this.#decidedBy !== undefined && isSystem(proxy) ? this.#decidedBy : decidedBySetting(proxy);
  }

  /** The PAC file that Windlass evaluates; `null` if it does none. */
  get pac(): PacInUse | null {
    const pac = this.#pac;
    return pac === undefined ? null : { url: withHiddenPassword(pac.url), ...pac.state };
  }

  async decide(target: Target, signal: AbortSignal): Promise<Decision> {
    signal.throwIfAborted();
    if (isThisMachine(target.hostname)) return THIS_MACHINE;
    const decision = await this.#decide(target, signal);
    return decision.isLost === true ? await this.#decide(target, signal) : decision;
  }

  /** The network or the settings of the system have changed. */
  forget(): void {
    this.#pacMayGo = true;
    this.#pac?.forget();
    this.#system?.then((system) => system.forget(), () => {});
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#dropPac();
    this.#system?.then((system) => system[Symbol.dispose](), () => {});
  }

  async #decide(target: Target, signal: AbortSignal): Promise<Found> {
    const { proxy, noProxy } = this.#options.settings();
    if (isExempt(target, this.#rules(noProxy))) return { ways: DIRECT, rule: "the setting network.noProxy" };
    const setting = parseProxySetting(proxy);
    if (typeof setting === "string" || setting.kind === "system") {
      return await orAborted(this.#bySystem(target, signal), signal);
    }
    if (setting.kind === "pac") return await orAborted(this.#byPac(target, setting.url, DIRECT), signal);
    this.#dropPac();
    return { ways: setting.kind === "none" ? DIRECT : [setting], rule: decidedBySetting(proxy) };
  }

  async #bySystem(target: Target, signal: AbortSignal): Promise<Found> {
    const { variablesFirst } = this.#options;
    const first = variablesFirst ? this.#byVariables(target) : undefined;
    if (first !== undefined) return this.#decided(first);
    const answer = await this.#askSystem(target, signal);
    switch (answer.kind) {
      case "ways":
        if (this.#pacMayGo) this.#dropPac();
        return this.#decided({ ways: answer.ways, rule: answer.source }, answer.source);
      case "pac": {
        this.#pacMayGo = false;
        const decision = await this.#byPac(target, answer.url, answer.otherwise ?? DIRECT);
        if (decision.isLost === true) return decision;
        return this.#decided(
          { ...decision, rule: `${decision.rule}, from ${answer.source}` },
          `the PAC file ${withHiddenPassword(answer.url)}, from ${answer.source}`,
        );
      }
      case "unset":
        this.#dropPac();
        return this.#decided(
          (variablesFirst ? undefined : this.#byVariables(target)) ??
            { ways: DIRECT, rule: "no proxy is set on this machine" },
        );
    }
  }

  #decided(decision: Decision, decidedBy = decision.rule): Decision {
    if (this.#decidedBy !== decidedBy) {
      this.#decidedBy = decidedBy;
      this.#options.onChange();
    }
    return decision;
  }

  #byVariables(target: Target): Decision | undefined {
    const answer = environmentAnswer(target, this.#options.readVariable);
    if (answer.kind === "unset") return undefined;
    this.#dropPac();
    const { source: rule } = answer;
    return answer.kind === "direct"
      ? { ways: DIRECT, rule }
      : { ways: [{ kind: "proxy", proxy: answer.proxy }], rule };
  }

  async #askSystem(target: Target, signal: AbortSignal): Promise<SystemAnswer> {
    const opening = this.#system ??= this.#options.openSystem();
    try {
      return await (await opening).find(target, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (this.#system === opening && !this.#isDisposed) {
        this.#system = undefined;
        opening.then((system) => system[Symbol.dispose](), () => {});
      }
      const source = `directly, since the proxy settings of this machine cannot be read: ${errorText(error)}`;
      return { kind: "ways", ways: DIRECT, source };
    }
  }

  async #byPac(target: Target, url: string, otherwise: readonly Way[]): Promise<Found> {
    const pac = this.#pacOf(url);
    const result = await pac.find(target);
    const name = `the PAC file ${withHiddenPassword(url)}`;
    if (result.kind === "ways") return { ways: result.ways, rule: name };
    const failed = {
      ways: otherwise,
      rule: `${otherwiseText(otherwise)}, since ${name} ${result.problem}`,
    };
    return pac === this.#pac || this.#isDisposed ? failed : { ...failed, isLost: true };
  }

  #pacOf(url: string): PacProxy {
    if (this.#pac?.url === url) return this.#pac;
    this.#dropPac();
    const { readPac: read, onChange } = this.#options;
    const open = this.#options.openPac ?? ((options: PacProxyOptions) => new PacProxy(options));
    const pac = open({ url, read, onChange });
    if (!this.#isDisposed) this.#pac = pac;
    return pac;
  }

  #dropPac(): void {
    if (this.#pac === undefined) return;
    this.#pac[Symbol.dispose]();
    this.#pac = undefined;
    this.#options.onChange();
  }

  /** Reads the list once for as long as it is the same. */
  #rules(noProxy: readonly string[]): readonly NoProxyRule[] {
    if (this.#exemptions.of !== noProxy) {
      const rules = noProxy.map(parseNoProxyEntry).filter((rule) => typeof rule !== "string");
      this.#exemptions = { of: noProxy, rules };
    }
    return this.#exemptions.rules;
  }
}

/** A value that cannot be read is not in the settings, which have the default then. */
function isSystem(proxy: string): boolean {
  const setting = parseProxySetting(proxy);
  return typeof setting === "string" || setting.kind === "system";
}

function otherwiseText([way]: readonly Way[]): string {
  return way === undefined || way.kind === "direct" ? "directly" : `by ${proxyText(way.proxy)}`;
}
