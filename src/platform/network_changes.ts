/**
 * Reports changes of this machine that may change the way to a target: addresses, routes, name servers, and the
 * proxy settings of its user.
 */
export interface NetworkChanges extends Disposable {
  /** What of it cannot be watched on this machine, for the log; `undefined` if all is. */
  readonly unwatched?: string;
}

/** Calls `changed` soon after each change; many changes at once may be one call. `changed` does not throw. */
export type WatchNetworkChanges = (changed: () => void) => Promise<NetworkChanges>;
