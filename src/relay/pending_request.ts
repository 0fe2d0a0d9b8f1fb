import type { RequestKind } from "./request_kind.ts";

/** A request that has not been answered to its end. */
export interface ActiveRequest {
  readonly kind: RequestKind;
  readonly method: string;
  /** As the client sent it, query included. */
  readonly path: string;
  /** When its head arrived, in milliseconds of `Date.now()`. */
  readonly since: number;
}

/** The same with what the two scanners of a connection tell each other. */
export interface PendingRequest extends ActiveRequest {
  /** Whether a plain 200 without a length turns the connection into raw streams. */
  readonly hijackable: boolean;
  /** Whether the answer can change what the bytes after the request are. */
  readonly mayTurnRaw: boolean;
  /** Whether the final answer has come, and it was an ordinary one. */
  answered: boolean;
}

/** Stands for a connection whose bytes are not looked into; it lasts as long as the connection. */
export function rawRequest(): PendingRequest {
  return {
    kind: "raw",
    method: "",
    path: "",
    since: Date.now(),
    hijackable: false,
    mayTurnRaw: false,
    answered: false,
  };
}
