import { type AwakeClock, SYSTEM_CLOCK } from "../../../timing/awake_time.ts";
import { orAborted } from "../../../timing/or_aborted.ts";
import { type Target, urlOf, type Way } from "../../../proxy/way.ts";
import type { SystemAnswer, SystemProxy } from "../../system_proxy.ts";
import { isBypassed, proxyServersFor } from "./proxy_servers.ts";
import { ScriptAnswers } from "./script_answers.ts";
import { detectScriptUrl, readUserProxySettings, ScriptSession, type UserProxySettings } from "./winhttp.ts";

/** What answers is kept for no longer: PAC files change. */
const PERIOD_MILLISECONDS = 10 * 60_000;
/** Reading the settings takes a millisecond, unless Windows is just setting up a connection. */
const SETTINGS_MILLISECONDS = 2_000;
/**
 * What a request waits for a network that may name a PAC file. Most name none, and Windows takes up to 12 s to say so;
 * the search continues without the request.
 */
const DETECTION_MILLISECONDS = 2_000;
/** What a request waits for the PAC file. */
const SCRIPT_MILLISECONDS = 5_000;
/** How long a PAC file that took longer is not asked again. */
const SILENCE_MILLISECONDS = 60_000;

const SETTINGS_SOURCE = "the proxy settings of Windows";
const DIRECT: readonly Way[] = [{ kind: "direct" }];

/** What of Windows is used; replaced in tests. */
export interface ProxyFunctions {
  readSettings(): Promise<UserProxySettings | null>;
  detectScriptUrl(): Promise<string | null>;
  openSession(): Pick<ScriptSession, "serversFor"> & Disposable;
}

const WINHTTP: ProxyFunctions = {
  readSettings: readUserProxySettings,
  detectScriptUrl,
  openSession: () => new ScriptSession(),
};

/** What is kept of Windows' answers between two changes. */
interface Period extends Disposable {
  readonly begun: number;
  readonly settings: Promise<UserProxySettings | null>;
  readonly answers: ScriptAnswers;
  /** Until when Windows is not asked, since it did not answer in time. */
  silentUntil: number;
}

interface Detection {
  readonly begun: number;
  readonly scriptUrl: Promise<string | null>;
}

/** A PAC file that decides. */
interface Script {
  readonly scriptUrl: string;
  readonly source: string;
  readonly period: Period;
  /** By the servers that are set beside it. */
  readonly otherwise: readonly Way[] | undefined;
}

/** The proxy settings of the user of Windows, whose PAC files Windows evaluates. */
export class WindowsSystemProxy implements SystemProxy {
  readonly #windows: ProxyFunctions;
  readonly #clock: AwakeClock;
  #period: Period | undefined;
  #detection: Detection | undefined;

  constructor(windows: ProxyFunctions = WINHTTP, clock: AwakeClock = SYSTEM_CLOCK) {
    this.#windows = windows;
    this.#clock = clock;
  }

  async find(target: Target, signal: AbortSignal): Promise<SystemAnswer> {
    signal.throwIfAborted();
    const period = this.#currentPeriod();
    const settings = await this.#inTime(period.settings, SETTINGS_MILLISECONDS, signal);
    if (!settings) return { kind: "unset" };
    const otherwise = waysOfServers(target, settings);
    if (settings.autoDetect) {
      const scriptUrl = await this.#detected(signal);
      if (scriptUrl) {
        const source = `the PAC file ${shownUrl(scriptUrl)}, which this network names`;
        return await this.#byScript(target, { scriptUrl, source, period, otherwise }, signal);
      }
    }
    if (settings.scriptUrl !== "") {
      const { scriptUrl } = settings;
      const source = `the PAC file ${shownUrl(scriptUrl)} of ${SETTINGS_SOURCE}`;
      return await this.#byScript(target, { scriptUrl, source, period, otherwise }, signal);
    }
    return otherwise === undefined
      ? { kind: "unset" }
      : { kind: "ways", ways: otherwise, source: SETTINGS_SOURCE };
  }

  forget(): void {
    this.#period?.[Symbol.dispose]();
    this.#period = this.#detection = undefined;
  }

  [Symbol.dispose](): void {
    this.forget();
  }

  #currentPeriod(): Period {
    const now = this.#clock.now();
    if (this.#period !== undefined && now - this.#period.begun < PERIOD_MILLISECONDS) return this.#period;
    this.#period?.[Symbol.dispose]();
    const session = this.#windows.openSession();
    return this.#period = {
      begun: now,
      settings: this.#windows.readSettings(),
      answers: new ScriptAnswers((url, scriptUrl) => session.serversFor(url, scriptUrl), this.#clock),
      silentUntil: 0,
      [Symbol.dispose]: () => session[Symbol.dispose](),
    };
  }

  /** `undefined` while Windows is still searching. */
  async #detected(signal: AbortSignal): Promise<string | null | undefined> {
    const now = this.#clock.now();
    this.#detection ??= { begun: now, scriptUrl: this.#windows.detectScriptUrl() };
    const left = this.#detection.begun + DETECTION_MILLISECONDS - now;
    return await this.#inTime(this.#detection.scriptUrl, Math.max(left, 0), signal);
  }

  async #byScript(
    target: Target,
    { scriptUrl, source, period, otherwise }: Script,
    signal: AbortSignal,
  ): Promise<SystemAnswer> {
    const handedOn: SystemAnswer = {
      kind: "pac",
      url: scriptUrl,
      source,
      ...(otherwise === undefined ? {} : { otherwise }),
    };
    if (this.#clock.now() < period.silentUntil) return handedOn;
    const servers = await this.#inTime(
      period.answers.serversFor(urlOf(target), scriptUrl),
      SCRIPT_MILLISECONDS,
      signal,
    );
    if (servers === undefined) {
      period.silentUntil = this.#clock.now() + SILENCE_MILLISECONDS;
      return handedOn;
    }
    if (servers === null) return handedOn;
    const ways = proxyServersFor(target, servers);
    return { kind: "ways", ways: ways.length > 0 ? ways : DIRECT, source };
  }

  /** The value of a promise; `undefined` once the time has passed. */
  async #inTime<T>(promise: Promise<T>, milliseconds: number, signal: AbortSignal): Promise<T | undefined> {
    const late = Promise.withResolvers<undefined>();
    const cancel = this.#clock.after(milliseconds, () => late.resolve(undefined));
    try {
      return await orAborted(Promise.race([promise, late.promise]), signal);
    } finally {
      cancel();
    }
  }
}

/** `undefined` where no servers are set. */
function waysOfServers(target: Target, { servers, bypass }: UserProxySettings): readonly Way[] | undefined {
  if (servers === "") return undefined;
  const ways = isBypassed(target, bypass) ? [] : proxyServersFor(target, servers);
  return ways.length > 0 ? ways : DIRECT;
}

/** Without the name and the password that an address may carry. */
function shownUrl(text: string): string {
  return text.replace(/^(\w+:\/\/)[^/?#]*@/, "$1");
}
