/**
 * Why a host ends. `stop`: it was asked to. `switch`: another version is to run, on trial; this process stays and
 * guards it. `hand-over`: another version is to run, and this process launches it.
 */
export type HostEnd = "stop" | "switch" | "hand-over";

/** The end of a host, which many parts may request; the newest reason applies. */
export class HostEnding {
  readonly #requested = Promise.withResolvers<void>();
  #reason: HostEnd = "stop";

  /** Resolves at the first request. */
  get requested(): Promise<void> {
    return this.#requested.promise;
  }

  get reason(): HostEnd {
    return this.#reason;
  }

  request(reason: HostEnd): void {
    this.#reason = reason;
    this.#requested.resolve();
  }
}
