/** The limits of the control API, each with its unit and its reason. */
export const API_LIMITS = {
  /** The longest target of a request that any route has a use for. */
  targetCharacters: 2_048,
  /** Bodies are settings: a few KiB, and a daemon configuration at most. */
  bodyBytes: 256 * 1024,
  /** Event and log streams at once: a page and a few programs each hold one; past this somebody leaks them. */
  streams: 512,
  /** A reader that takes nothing for this long, while there is something to read, is cut off. */
  stallMilliseconds: 30_000,
  /** A line without content at this pace tells both sides that the other is there; proxies cut after 60 s. */
  heartbeatMilliseconds: 15_000,
  /** Lines of a log that a request may ask for: as many as the host keeps in memory. */
  logLines: 2_000,
  /** Lines of a log that a request gets which does not say how many. */
  defaultLogLines: 200,
  /** How long a page link can wait for the browser to start. */
  pageCodeMilliseconds: 60_000,
  /** Page links that are not yet used; a further one makes the oldest void. */
  pageCodes: 16,
  /** How long a page may stay unused, such as over a night, before it has to be opened again. */
  pageSessionMilliseconds: 12 * 60 * 60_000,
  /** Browsers that have the page open; a further one makes the oldest session void. */
  pageSessions: 32,
} as const;
