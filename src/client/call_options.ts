/** Options of every call. */
export interface CallOptions {
  /** Ends the call. An event or log stream then ends without an error; every other call fails. */
  readonly signal?: AbortSignal | undefined;
}
