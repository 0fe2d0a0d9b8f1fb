/** Where the oldest request of a connection is at the moment, as reports show it. */
export type Station =
  | "waiting for a request"
  | "waiting for the engine"
  | "translating host paths"
  | "waiting for the client to send the rest of the request"
  | "sending the request"
  | "waiting for the first byte of the answer"
  | "waiting for the rest of the answer"
  | "sending the answer"
  | "waiting for its turn to answer"
  | "raw stream"
  | "ending";

/** What {@linkcode stationOf} decides from. */
export interface StationFacts {
  readonly isEnding: boolean;
  /** A stream to the engine is being opened. */
  readonly isOpening: boolean;
  /** The client has yet to take bytes. */
  readonly isWritingToClient: boolean;
  /** The engine has yet to take bytes. */
  readonly isWritingToEngine: boolean;
  readonly isTranslating: boolean;
  readonly isRaw: boolean;
  /** The relay's own answer waits for those to earlier requests. */
  readonly waitsForTurn: boolean;
  readonly hasRequest: boolean;
  /** Part of a request has come, and the rest has not. */
  readonly isMidRequest: boolean;
  /** The oldest request's answer has begun. */
  readonly isMidAnswer: boolean;
}

/** The station that explains best why nothing happens, where several are true. Pure. */
export function stationOf(facts: StationFacts): Station {
  if (facts.isEnding) return "ending";
  if (facts.isOpening) return "waiting for the engine";
  if (facts.isWritingToClient) return "sending the answer";
  if (facts.isTranslating) return "translating host paths";
  if (facts.isWritingToEngine) return "sending the request";
  if (facts.isRaw) return "raw stream";
  if (facts.waitsForTurn) return "waiting for its turn to answer";
  if (facts.isMidAnswer) return "waiting for the rest of the answer";
  if (facts.isMidRequest) return "waiting for the client to send the rest of the request";
  return facts.hasRequest ? "waiting for the first byte of the answer" : "waiting for a request";
}
