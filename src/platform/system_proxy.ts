import type { Target, Way } from "../proxy/way.ts";

/** What the settings of this machine say about a target. */
export type SystemAnswer =
  | {
    readonly kind: "ways";
    /** At least one, in the order in which they are tried. */
    readonly ways: readonly Way[];
    /** Where that is set, for users: such as "the variable HTTPS_PROXY" or "the proxy settings of Windows". */
    readonly source: string;
  }
  /** They name a PAC file that the system does not evaluate itself, or failed to. */
  | {
    readonly kind: "pac";
    readonly url: string;
    readonly source: string;
    /** The ways that the system takes when the PAC file cannot be used. */
    readonly otherwise?: readonly Way[];
  }
  /** They name neither a proxy nor a PAC file. */
  | { readonly kind: "unset" };

/** The proxy settings of this machine and its user. */
export interface SystemProxy extends Disposable {
  /**
   * What the settings say now. Resolves in a bounded time (10 s at most), whatever they contain.
   *
   * @throws {unknown} the reason of `signal`, and nothing else; what fails otherwise is in the answer.
   */
  find(target: Target, signal: AbortSignal): Promise<SystemAnswer>;
  /** Forgets answers that are kept: the settings or the network may have changed. */
  forget(): void;
}
