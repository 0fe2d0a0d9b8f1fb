/** The limits of the HTTP server, each with its unit and its reason. */
export const HTTP_LIMITS = {
  /** Open connections: every event stream that the API allows, plus those of a few programs. */
  connections: 768,
  /** From the connection, or the first byte after a response, to a complete head: programs send it at once. */
  headMilliseconds: 10_000,
  /** How long an idle connection is kept after a response: pages and programs poll within seconds. */
  idleMilliseconds: 60_000,
  /** Between two pieces of a body, which comes from this machine. */
  bodyMilliseconds: 15_000,
  /** A client that takes nothing of a response for this long is dead or stuck. */
  writeMilliseconds: 30_000,
  /** The longest head: a browser adds the cookies of every server on this machine. */
  headBytes: 32 * 1024,
  /** Header lines: browsers send about twenty. */
  headLines: 100,
  /** Bytes of an unread body that are skipped to keep the connection open. */
  unreadBytes: 64 * 1024,
  /** How long a client that has its response may continue to send before the connection is closed. */
  drainMilliseconds: 5_000,
  /** How much it may send then: what fits into the buffers of a connection while it does not look for the response. */
  drainBytes: 8 * 1024 * 1024,
  /** Pause after a failed accept, in which descriptors may be freed. */
  acceptRetryMilliseconds: 100,
  /** Consecutive failed accepts after which the port is reopened. */
  acceptFailures: 20,
  /** How long a shutdown waits for responses in progress. */
  endMilliseconds: 1_000,
} as const;

/** The limits of a server; replaced in tests. */
export type HttpLimits = { readonly [Name in keyof typeof HTTP_LIMITS]: number };
