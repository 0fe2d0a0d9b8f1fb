/** The limits of the control API, each with its unit and its reason. */
export const API_LIMITS = {
  /** The longest request target; every route's is much shorter. */
  targetCharacters: 2_048,
  /** The largest body is a change of settings: a few KiB, or more with a daemon configuration. */
  bodyBytes: 256 * 1024,
  /** Open event and log streams. A page and a few programs each hold one; more than this is a leak. */
  streams: 512,
  /** A reader that takes nothing for this long, although data is waiting, is disconnected. */
  stallMilliseconds: 30_000,
  /** Interval of the empty line that shows each side that the other is alive. Proxies disconnect after 60 s. */
  heartbeatMilliseconds: 15_000,
  /** The most log lines that a request may ask for: as many as the host keeps in memory. */
  logLines: 2_000,
  /** Log lines that a request gets if it does not specify a number. */
  defaultLogLines: 200,
  /** How long a page link is valid: long enough for a browser to start. */
  pageCodeMilliseconds: 60_000,
  /** Unused page links; one more invalidates the oldest. */
  pageCodes: 16,
  /** How long a page may stay unused, for example overnight, before it has to be opened again. */
  pageSessionMilliseconds: 12 * 60 * 60_000,
  /** Browser sessions; one more invalidates the oldest. */
  pageSessions: 32,
} as const;
