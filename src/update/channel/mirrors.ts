import { type ErrorCode } from "../../errors/error_codes.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import type { ChannelSource } from "./channel_source.ts";

/** A source that answered like this cannot be believed: worst first. */
const LIES: readonly ErrorCode[] = [
  "WL_UPDATE_REJECTED",
  "WL_UPDATE_BLOB_INVALID",
  "WL_UPDATE_BUNDLE_INVALID",
];
/** A source that answered like this is of no use right now: worst first. */
const SHORTCOMINGS: readonly ErrorCode[] = [
  "WL_UPDATE_EXPIRED",
  "WL_UPDATE_NO_RELEASE",
  // Before what the line does: one source that answers has more to say than another that does not.
  "WL_UPDATE_BLOB_MISSING",
  "WL_UPDATE_STALLED",
  "WL_UPDATE_UNREACHABLE",
];
const BY_GRAVITY = [...LIES, ...SHORTCOMINGS];

/**
 * The sources of a channel in the order in which they are asked. Within a run, which is a check and the downloads
 * after it, a source that lied is not asked again, and one that did not answer is asked after the others. The next
 * check believes in all of them again: what lied may have been a network in between.
 */
export class Mirrors {
  readonly #lies = new Map<ChannelSource, WindlassError>();
  readonly #failed = new Set<ChannelSource>();

  constructor(private readonly sources: readonly ChannelSource[], private readonly log: Log) {}

  /** A new run. */
  forgive(): void {
    this.#lies.clear();
    this.#failed.clear();
  }

  /**
   * What the work comes to with the first source that does.
   *
   * @throws {WindlassError} The gravest of the failures, with all of them as its cause, when no source does; at once
   * any other failure, such as a full disk.
   */
  async firstThat<Value>(
    work: (source: ChannelSource) => Promise<Value>,
    signal: AbortSignal,
  ): Promise<Value> {
    const failures = [...this.#lies.values()];
    for (const source of this.#inOrder()) {
      try {
        const value = await work(source);
        this.#failed.delete(source);
        return value;
      } catch (error) {
        signal.throwIfAborted();
        if (!isWindlassError(error) || !BY_GRAVITY.includes(error.code)) throw error;
        failures.push(error);
        this.#remember(source, error);
      }
    }
    throw gravest(failures);
  }

  #inOrder(): ChannelSource[] {
    const believed = this.sources.filter((source) => !this.#lies.has(source));
    return [
      ...believed.filter((source) => !this.#failed.has(source)),
      ...believed.filter((source) => this.#failed.has(source)),
    ];
  }

  #remember(source: ChannelSource, error: WindlassError): void {
    const fields = { source: source.name, code: error.code, problem: error.message };
    if (LIES.includes(error.code)) {
      this.#lies.set(source, error);
      this.log("warn", "update.source.distrusted", fields);
    } else {
      this.#failed.add(source);
      this.log("info", "update.source.failed", fields);
    }
  }
}

function gravest(failures: readonly WindlassError[]): WindlassError {
  const rank = ({ code }: WindlassError) => BY_GRAVITY.indexOf(code);
  const [worst] = failures.toSorted((a, b) => rank(a) - rank(b));
  if (worst === undefined || failures.length === 1) return worst!;
  const all = new AggregateError(failures, failures.map(({ message }) => message).join("; "));
  return new WindlassError(worst.code, worst.message, { cause: all });
}
