import type { RequestKind } from "./http/request_kind.ts";
import type { Station } from "./station.ts";

/** A request without a complete answer, as reports show it. */
export interface RequestReport {
  /** Number of the connection, and of the request on it: `12.3`. Log lines carry it. */
  readonly id: string;
  readonly kind: RequestKind;
  readonly method: string;
  /** Without values that may be secret, and cut. */
  readonly path: string;
  readonly ageMs: number;
  /** Status of the answer, once its head has come. */
  readonly status: number | null;
}

/** One client's connection at one moment. */
export interface ConnectionReport {
  readonly id: number;
  readonly ageMs: number;
  /** Id of the stream to the engine, which the mux and the agent know it by; `null` without one. */
  readonly stream: number | null;
  readonly station: Station;
  /** Bytes that the engine has sent, in all answers. */
  readonly receivedBytes: number;
  /** Bytes that the client has sent, in all requests. */
  readonly sentBytes: number;
  /** Oldest first; `station` is about the first one. */
  readonly requests: readonly RequestReport[];
}
