import { errorText } from "../../errors/error_text.ts";
import { PacFailure } from "./pac_failure.ts";
import { PAC_LIMITS, type PacLimits } from "./pac_limits.ts";
import type { FromPacWorker, ToPacWorker } from "./pac_messages.ts";

/** Requests that wait for an answer; more of them are a flood, which gets no answer. */
const WAITING = 1_000;

export interface PacEvaluatorOptions {
  /** The text of the file. */
  readonly text: string;
  /** Called once if the worker had to be ended; with the reason. What waits for it has failed. */
  readonly onEnd: (reason: string) => void;
  /** @default {PAC_LIMITS} */
  readonly limits?: PacLimits;
}

/** Runs a PAC file in a worker of its own, which is ended when it loops or is disposed. */
export class PacEvaluator implements Disposable {
  readonly #options: PacEvaluatorOptions;
  readonly #limits: PacLimits;
  readonly #waiting = new Map<number, PromiseWithResolvers<string>>();
  #worker: Worker | undefined;
  #opened = Promise.withResolvers<void>();
  #nextId = 0;
  #ping: ReturnType<typeof setTimeout> | undefined;

  private constructor(options: PacEvaluatorOptions) {
    this.#options = options;
    this.#limits = options.limits ?? PAC_LIMITS;
  }

  /**
   * Resolves when the file is loaded.
   *
   * @throws {PacFailure} its syntax error, what it throws while it is loaded, or that it does not end.
   */
  static async open(options: PacEvaluatorOptions): Promise<PacEvaluator> {
    const evaluator = new PacEvaluator(options);
    try {
      await evaluator.#open();
    } catch (error) {
      evaluator[Symbol.dispose]();
      throw error;
    }
    return evaluator;
  }

  /**
   * What the file answers for an address.
   *
   * @param url Without a path: PAC files are not shown more of addresses.
   * @throws {PacFailure} what it throws, or that it did not answer in time.
   */
  async find(url: string, host: string): Promise<string> {
    if (this.#worker === undefined) throw new PacFailure("it was ended");
    if (this.#waiting.size >= WAITING) throw new PacFailure(`${WAITING} requests wait for its answer`);
    const id = this.#nextId++;
    const answer = Promise.withResolvers<string>();
    this.#waiting.set(id, answer);
    const timer = setTimeout(() => this.#late(answer), this.#limits.answer);
    try {
      this.#post({ kind: "find", id, url, host });
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#ping);
    this.#worker?.terminate();
    this.#worker = undefined;
    const failure = new PacFailure("it was ended");
    for (const { reject } of this.#waiting.values()) reject(failure);
  }

  async #open(): Promise<void> {
    const { PAC_WORKER_URL } = await import("./pac_worker.ts");
    const worker = this.#worker = new Worker(PAC_WORKER_URL, { type: "module", name: "pac" });
    worker.onmessage = ({ data }: MessageEvent<FromPacWorker>) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(`its worker failed: ${errorText(event.message)}`);
    };
    const timer = setTimeout(() => this.#opened.reject(lateFailure(this.#limits.open)), this.#limits.open);
    try {
      this.#post({ kind: "open", text: this.#options.text, callMilliseconds: this.#limits.call });
      await this.#opened.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(message: FromPacWorker): void {
    switch (message.kind) {
      case "opened":
        if (message.problem === undefined) this.#opened.resolve();
        else this.#opened.reject(new PacFailure(message.problem));
        break;
      case "found":
        this.#waiting.get(message.id)?.resolve(message.answer);
        break;
      case "failed":
        this.#waiting.get(message.id)?.reject(new PacFailure(message.problem));
        // Its interpreter may be of no use from then on.
        if (message.problem.includes("out of memory")) this.#end("it used up its memory");
        break;
      case "pong":
        clearTimeout(this.#ping);
        this.#ping = undefined;
    }
  }

  /** One request fails; whether the file loops, or waits for a name server, the worker shows. */
  #late(answer: PromiseWithResolvers<string>): void {
    const failure = lateFailure(this.#limits.answer);
    answer.reject(failure);
    if (this.#ping !== undefined || this.#worker === undefined) return;
    this.#post({ kind: "ping" });
    this.#ping = setTimeout(() => this.#end(failure.message), this.#limits.ping);
  }

  #end(reason: string): void {
    if (this.#worker === undefined) return;
    this.#opened.reject(new PacFailure(reason));
    this[Symbol.dispose]();
    this.#options.onEnd(reason);
  }

  #post(message: ToPacWorker): void {
    this.#worker?.postMessage(message);
  }
}

function lateFailure(milliseconds: number): PacFailure {
  return new PacFailure(`it did not answer within ${milliseconds / 1000} s`);
}
