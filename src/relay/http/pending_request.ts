import type { RequestHead } from "./http_head.ts";
import type { RequestClass, RequestKind } from "./request_kind.ts";

/** A request that has not been answered to its end. */
export interface ActiveRequest {
  readonly kind: RequestKind;
  readonly method: string;
  /** As the client sent it, query included. */
  readonly path: string;
  /** When its head arrived, in milliseconds of `Date.now()`. */
  readonly since: number;
}

/** The same with what the parts of a connection note about it. */
export interface PendingRequest extends ActiveRequest {
  /** Number of the connection, and of the request on it: `12.3`. Empty until the connection has noted it. */
  id: string;
  /** Status of the final answer, once its head has come. */
  status: number | undefined;
  /** Bytes that the connection had received before this request's answer. */
  receivedBefore: number;
  /** Whether a plain 200 without a length turns the connection into raw streams. */
  readonly hijackable: boolean;
  /** Whether the answer can change what the bytes after the request are. */
  readonly mayTurnRaw: boolean;
  /** Whether the final answer has come, and it was an ordinary one. */
  answered: boolean;
}

/** The request of a head that has just been read. */
export function pendingRequest(head: RequestHead, requestClass: RequestClass): PendingRequest {
  const { kind, hijackable, subject, starts } = requestClass;
  return {
    kind,
    method: head.method,
    path: head.target,
    since: Date.now(),
    id: "",
    status: undefined,
    receivedBefore: 0,
    hijackable,
    // The engine takes no notice of an Upgrade where it has nothing to upgrade to.
    mayTurnRaw: hijackable || (head.upgrade && subject === undefined && starts === undefined),
    answered: false,
  };
}

/** Stands for a request that is not read. */
export function unreadRequest(kind: RequestKind): PendingRequest {
  return {
    kind,
    method: "",
    path: "",
    since: Date.now(),
    id: "",
    status: undefined,
    receivedBefore: 0,
    hijackable: false,
    mayTurnRaw: false,
    answered: false,
  };
}
