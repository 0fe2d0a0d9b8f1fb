/** What clients, link and agent are doing at one moment. For people who debug: the form may change with any version. */
import { z } from "zod";

/** A request without a complete answer. */
export interface ReportedRequest {
  /** Number of the connection, and of the request on it; log lines carry it. */
  id: string;
  /** Such as `logs`, `build` or `other`. */
  kind: string;
  method: string;
  /** Without values that may be secret, and cut. */
  path: string;
  ageMs: number;
  /** Status of the answer, once its head has come. */
  status: number | null;
}

export const ReportedRequest: z.ZodType<ReportedRequest> = z.object({
  id: z.string(),
  kind: z.string(),
  method: z.string(),
  path: z.string(),
  ageMs: z.number(),
  status: z.int().nullable(),
}).meta({ id: "ReportedRequest" });

/** The connection of one Docker client. */
export interface ReportedConnection {
  id: number;
  /** Where the client connected. */
  endpoint: string;
  ageMs: number;
  /** What its oldest request is waiting for. */
  station: string;
  /** Id of its stream on the link, which the agent knows it by as well. */
  stream: number | null;
  receivedBytes: number;
  sentBytes: number;
  /** Oldest first. */
  requests: ReportedRequest[];
}

export const ReportedConnection: z.ZodType<ReportedConnection> = z.object({
  id: z.int(),
  endpoint: z.string(),
  ageMs: z.number(),
  station: z.string(),
  stream: z.int().nullable(),
  receivedBytes: z.int(),
  sentBytes: z.int(),
  requests: z.array(ReportedRequest),
}).meta({ id: "ReportedConnection" });

/** One stream of the link: a client, a published port or the agent's control stream. */
export interface ReportedStream {
  id: number;
  target: string;
  ageMs: number;
  /** Bytes of a write that waits for credit or for the link. */
  queuedBytes: number;
  /** Bytes that the host may still send. */
  sendCredit: number;
  sentBytes: number;
  receiveWindow: number;
  /** Bytes that the host has received and not passed on. */
  bufferedBytes: number;
  receivedBytes: number;
  sendClosed: boolean;
  receiveClosed: boolean;
  /** What it is waiting for in the agent; `null` if the agent does not list it. */
  agent: { station: string; sentBytes: number; receivedBytes: number } | null;
}

export const ReportedStream: z.ZodType<ReportedStream> = z.object({
  id: z.int(),
  target: z.string(),
  ageMs: z.number(),
  queuedBytes: z.int(),
  sendCredit: z.int(),
  sentBytes: z.int(),
  receiveWindow: z.int(),
  bufferedBytes: z.int(),
  receivedBytes: z.int(),
  sendClosed: z.boolean(),
  receiveClosed: z.boolean(),
  agent: z.object({ station: z.string(), sentBytes: z.int(), receivedBytes: z.int() }).nullable(),
}).meta({ id: "ReportedStream" });

/** The link to the agent. */
export interface ReportedLink {
  /** Round trip; `null` if no answer came in time. */
  pingMs: number | null;
  streams: ReportedStream[];
  streamsLeftOut: number;
}

export const ReportedLink: z.ZodType<ReportedLink> = z.object({
  pingMs: z.number().nullable(),
  streams: z.array(ReportedStream),
  streamsLeftOut: z.int(),
}).meta({ id: "ReportedLink" });

/** The agent, as far as it answers. */
export interface ReportedAgent {
  answers: boolean;
  /** Why it does not answer. */
  problem: string | null;
  /** State of dockerd. */
  state: string | null;
  openStreams: number | null;
  memoryBytes: number | null;
}

export const ReportedAgent: z.ZodType<ReportedAgent> = z.object({
  answers: z.boolean(),
  problem: z.string().nullable(),
  state: z.string().nullable(),
  openStreams: z.int().nullable(),
  memoryBytes: z.int().nullable(),
}).meta({ id: "ReportedAgent" });

/** The output of `windlass debug streams --json` and of `GET /v1/debug/streams`. */
export interface StreamsReport {
  /** ISO 8601. */
  time: string;
  /** State of the engine. */
  engine: string;
  /** Those with a request first, then the oldest. */
  connections: ReportedConnection[];
  connectionsLeftOut: number;
  /** `null` while there is no engine. */
  link: ReportedLink | null;
  agent: ReportedAgent | null;
}

export const StreamsReport: z.ZodType<StreamsReport> = z.object({
  time: z.iso.datetime(),
  engine: z.string(),
  connections: z.array(ReportedConnection),
  connectionsLeftOut: z.int(),
  link: ReportedLink.nullable(),
  agent: ReportedAgent.nullable(),
}).meta({ id: "StreamsReport", description: "For debugging; the form may change with any version" });
