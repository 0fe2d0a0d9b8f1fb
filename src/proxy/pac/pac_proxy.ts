import { errorText } from "../../errors/error_text.ts";
import { type Target, urlOf, type Way } from "../way.ts";
import { parsePacAnswer } from "./pac_answer.ts";
import { PacEvaluator, type PacEvaluatorOptions } from "./pac_evaluator.ts";
import type { ReadPacFile } from "./pac_file.ts";

/** After this time a file is read again. */
const AGE_MILLISECONDS = 10 * 60_000;
/** How long nobody tries to read a file, or to run one that looped, after that has failed. */
const PAUSE_MILLISECONDS = 15_000;
/** How long the answer for a host is used: files may look at the time. */
const ANSWER_MILLISECONDS = 60_000;
/** How long a failure for a host is: long enough for what follows in a burst, since the next answer may be in time. */
const FAILURE_MILLISECONDS = 5_000;
/** Hosts whose answers are kept. */
const ANSWERS = 1_000;
/** What is shown of an answer that names no way. */
const SHOWN_CHARACTERS = 60;

/** What a PAC file says for a target, or why it says nothing; a lower-case clause that begins with a verb. */
export type PacResult =
  | { readonly kind: "ways"; readonly ways: readonly Way[] }
  | { readonly kind: "failed"; readonly problem: string };

/** How a PAC file is doing. */
export interface PacState {
  /** `stale` if it could not be read again, and the last good one is used. */
  readonly state: "loading" | "ready" | "stale" | "failed";
  /** When the file in use was read. */
  readonly readAt: Date | null;
  /** What went wrong last, as a clause; `null` if nothing did. */
  readonly problem: string | null;
}

export interface PacProxyOptions {
  readonly url: string;
  readonly read: ReadPacFile;
  /** Called after every change of the state. */
  readonly onChange: () => void;
  /** @default {PacEvaluator.open} */
  readonly open?: (options: PacEvaluatorOptions) => Promise<Pick<PacEvaluator, "find" | keyof Disposable>>;
  /** In milliseconds, for ages. @default {the clock of this process} */
  readonly now?: () => number;
}

type Evaluator = Pick<PacEvaluator, "find" | keyof Disposable>;

/**
 * A PAC file: read when the first request needs it and again when it is old or the network has changed, and its last good
 * version used meanwhile.
 */
export class PacProxy implements Disposable {
  readonly url: string;
  readonly #options: PacProxyOptions;
  readonly #now: () => number;
  readonly #answers = new Map<string, { until: number; readonly result: Promise<PacResult> }>();
  #evaluator: Evaluator | undefined;
  #text: string | undefined;
  #state: PacState = { state: "loading", readAt: null, problem: null };
  #loading: Promise<void> | undefined;
  /** When the file is to be read again; requests wait for that, unless it follows a failure. */
  #dueAt = -Infinity;
  #isDisposed = false;

  constructor(options: PacProxyOptions) {
    this.url = options.url;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get state(): PacState {
    return this.#state;
  }

  /** The network has changed: the file and its answers may be others. */
  forget(): void {
    this.#dueAt = -Infinity;
    this.#answers.clear();
  }

  /** Resolves in the time of one reading and two answers, about 15 s at most. Never rejects. */
  async find(target: Target): Promise<PacResult> {
    if (this.#now() >= this.#dueAt) {
      const wasPaused = this.#dueAt !== -Infinity && this.#state.state !== "ready";
      const loading = this.#loading ??= this.#load().finally(() => this.#loading = undefined);
      if (!wasPaused) await loading;
    } else await this.#loadingAtFirst();
    const evaluator = this.#evaluator;
    if (evaluator === undefined) {
      return { kind: "failed", problem: `cannot be used: ${this.#state.problem ?? "it is not loaded yet"}` };
    }
    const result = await this.#answer(evaluator, target);
    // The version that was asked may have given way to a new one, and ended without an answer.
    const newer = this.#evaluator;
    if (result.kind === "ways" || newer === undefined || newer === evaluator) return result;
    return await this.#answer(newer, target);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#evaluator?.[Symbol.dispose]();
    this.#evaluator = undefined;
    this.#answers.clear();
  }

  /** Requests that come while the file is read for the first time wait as the first one does. */
  async #loadingAtFirst(): Promise<void> {
    if (this.#evaluator === undefined && this.#state.state === "loading") await this.#loading;
  }

  async #load(): Promise<void> {
    this.#dueAt = this.#now() + AGE_MILLISECONDS;
    try {
      const text = await this.#options.read(this.url);
      if (text !== this.#text || this.#evaluator === undefined) await this.#run(text);
      this.#setState({ state: "ready", readAt: new Date(), problem: null });
    } catch (error) {
      this.#dueAt = this.#now() + PAUSE_MILLISECONDS;
      const { readAt } = this.#state;
      const state = this.#evaluator === undefined ? "failed" : "stale";
      this.#setState({ state, readAt, problem: errorText(error) });
    }
  }

  async #run(text: string): Promise<void> {
    const open = this.#options.open ?? PacEvaluator.open;
    const current: { evaluator?: Evaluator } = {};
    const onEnd = (reason: string) => {
      if (this.#evaluator !== undefined && this.#evaluator === current.evaluator) this.#ended(reason);
    };
    const opened = current.evaluator = await open({ text, onEnd });
    if (this.#isDisposed) return opened[Symbol.dispose]();
    this.#evaluator?.[Symbol.dispose]();
    this.#evaluator = opened;
    this.#text = text;
    this.#answers.clear();
  }

  /** The worker is gone. Another one starts after a pause, so that a file that loops does not keep a processor busy. */
  #ended(reason: string): void {
    this.#evaluator = undefined;
    this.#answers.clear();
    this.#dueAt = this.#now() + PAUSE_MILLISECONDS;
    this.#setState({ state: "failed", readAt: this.#state.readAt, problem: reason });
  }

  async #ask(evaluator: Evaluator, target: Target): Promise<PacResult> {
    try {
      const answer = await evaluator.find(urlOf(target), target.hostname);
      const ways = parsePacAnswer(answer);
      if (ways.length > 0) return { kind: "ways", ways };
      return { kind: "failed", problem: `answers '${shown(answer)}', which names no way` };
    } catch (error) {
      return { kind: "failed", problem: `fails for this host: ${errorText(error)}` };
    }
  }

  /** The answer that is kept, or a new one. */
  async #answer(evaluator: Evaluator, target: Target): Promise<PacResult> {
    const key = `${target.scheme} ${target.hostname} ${target.port}`;
    const known = this.#answers.get(key);
    if (known !== undefined && known.until > this.#now()) return await known.result;
    const answer = { until: this.#now() + ANSWER_MILLISECONDS, result: this.#ask(evaluator, target) };
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    if (this.#answers.size > ANSWERS) this.#answers.delete(this.#answers.keys().next().value!);
    const result = await answer.result;
    if (result.kind === "failed") answer.until = this.#now() + FAILURE_MILLISECONDS;
    return result;
  }

  #setState(state: PacState): void {
    const before = this.#state;
    this.#state = state;
    if (before.state !== state.state || before.problem !== state.problem) this.#options.onChange();
  }
}

function shown(answer: string): string {
  // deno-lint-ignore no-control-regex
  const line = answer.replace(/[\x00-\x1f\x7f]+/g, " ");
  return line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS)}…`;
}
