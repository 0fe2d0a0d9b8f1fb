/** What every call takes. */
export interface CallOptions {
  /** Ends the call. An event or log stream then ends as if it were over; every other call fails. */
  readonly signal?: AbortSignal | undefined;
}
