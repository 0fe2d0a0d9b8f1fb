/**
 * Why a stream or a session has ended. Closed list; `PROTOCOL.md` says when each arises.
 *
 * Of one stream: `REFUSED` (the peer declined the open), `RESET` (by either end), `PEER_CLOSED` (written to a
 * peer that is gone), `WRITE_CLOSED` (written after closeWrite()), `CLOSED` (closed here), `MISUSE` (two reads or
 * two writes at a time). Of the session: the others; they reach every stream.
 */
export type MuxErrorCode =
  | "REFUSED"
  | "RESET"
  | "PEER_CLOSED"
  | "WRITE_CLOSED"
  | "CLOSED"
  | "MISUSE"
  | "SHUTDOWN"
  | "PEER_ERROR"
  | "LINK_ENDED"
  | "LINK_FAILED"
  | "HANDSHAKE"
  | "VERSION"
  | "PROTOCOL"
  | "WINDOW_EXCEEDED"
  | "CONTROL_FLOOD"
  | "IDS_EXHAUSTED"
  | "TOO_MANY_STREAMS";

/**
 * A failure of the mux: closed code, message "Cannot <action>: <state>". Internal; what reaches a user is made
 * of it elsewhere.
 *
 * @example
 * ```ts
 * throw new MuxError("REFUSED", "Cannot use stream 3 to 'rpc': the peer refused it: no such service");
 * ```
 */
export class MuxError extends Error {
  override readonly name = "MuxError";

  /**
   * @param detail The bare reason that the peer gave (REFUSED, RESET, PEER_ERROR), or that was given here.
   */
  constructor(
    readonly code: MuxErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly detail?: string } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.detail = options.detail;
  }

  /** The peer's own words, without our sentence around them. */
  readonly detail: string | undefined;
}

/** Whether `error` is a {@linkcode MuxError}, with that code if one is given. */
export function isMuxError(error: unknown, code?: MuxErrorCode): error is MuxError {
  return error instanceof MuxError && (code === undefined || error.code === code);
}
