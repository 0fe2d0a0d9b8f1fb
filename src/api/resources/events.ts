/** The events that `GET /v1/events` sends. */
import { z } from "zod";
import { Warning } from "./problems.ts";
import type { Progress } from "./progress.ts";
import { Status } from "./status.ts";
import { UpdateStepName } from "./updates.ts";
import { WorkspaceSummary } from "./workspaces.ts";

/** The whole status: the first event of a stream, and again after every change. */
export interface StatusEvent {
  /** Identifies the kind of event. */
  type: "status";
  /** The whole status. */
  status: Status;
}

/** Progress of the engine's current stage; sent many times a second. */
export interface ProgressEvent extends Progress {
  /** Identifies the kind of event. */
  type: "progress";
  /** The stage, as in the status. */
  stage: string;
}

/** A warning that has been raised or cleared. */
export interface WarningEvent {
  /** Identifies the kind of event. */
  type: "warning";
  /** `false` once the warning is cleared. */
  active: boolean;
  /** The warning. */
  warning: Warning;
}

/** Progress of an update that is being downloaded or prepared; sent many times a second. */
export interface UpdateProgressEvent extends Progress {
  /** Identifies the kind of event. */
  type: "update-progress";
  /** The step, as in the status. */
  step: UpdateStepName;
}

/** The enabled distros have changed, or one has started or stopped: `GET /v1/workspaces` says more. */
export interface WorkspacesEvent {
  /** Identifies the kind of event. */
  type: "workspaces";
  /** The enabled distros. */
  workspaces: WorkspaceSummary[];
}

/** One event of `GET /v1/events`. The server-sent event is named after its `type`. */
export type HostEvent =
  | StatusEvent
  | ProgressEvent
  | UpdateProgressEvent
  | WarningEvent
  | WorkspacesEvent;

const BYTES = {
  done: z.number().describe("Bytes so far"),
  total: z.number().describe("Bytes in total"),
};

export const HostEvent: z.ZodType<HostEvent> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("status"),
    status: Status.describe("The whole status: the first event, and again after every change"),
  }),
  z.object({ type: z.literal("progress"), stage: z.string().describe("As in the status"), ...BYTES }),
  z.object({ type: z.literal("update-progress"), step: UpdateStepName, ...BYTES }),
  z.object({
    type: z.literal("warning"),
    active: z.boolean().describe("false once the warning is cleared"),
    warning: Warning,
  }),
  z.object({
    type: z.literal("workspaces"),
    workspaces: z.array(WorkspaceSummary).describe("The enabled distros"),
  }),
]).meta({ id: "HostEvent" });
