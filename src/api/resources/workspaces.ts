/** The user's own distros: which of them are workspaces, and what is found in them. */
import { z } from "zod";
import { Problem } from "./problems.ts";

/** What `/var/run/docker.sock` of a distro is. */
export type WorkspaceSocket = "ours" | "missing" | "foreign" | "engine";

/** Whose the command `docker` of a distro is. */
export type WorkspaceDocker = "ours" | "missing" | "own";

/** A file that Windlass places in a workspace. */
export interface WorkspaceFile {
  /** Absolute path in the distro. */
  path: string;
  /** `changed`: somebody has edited it since it was placed, so it is left alone. */
  state: "placed" | "missing" | "changed";
}

const PATH = z.string().describe("Absolute path in the distro");

export const WorkspaceFile: z.ZodType<WorkspaceFile> = z.object({
  path: PATH,
  state: z.enum(["placed", "missing", "changed"]).describe(
    "changed: somebody has edited it since it was placed, so it is left alone",
  ),
}).meta({ id: "WorkspaceFile" });

/** What a check of a running distro has found. */
export interface WorkspaceFindings {
  /** When, ISO 8601. */
  checkedAt: string;
  /** What `/var/run/docker.sock` is: Windlass's link, nothing, something else, or the socket of another engine that answers. */
  socket: WorkspaceSocket;
  /** Whose the command `docker` is: placed by Windlass, nobody's, or the user's own. */
  docker: WorkspaceDocker;
  /** What Windlass has placed, or has to. */
  files: WorkspaceFile[];
  /** Where the drives of Windows are mounted, such as `/mnt/`. */
  automountRoot: string;
  /** Whether the distro has a group `docker`, whose members may use the socket. */
  dockerGroup: boolean;
  /** Whether Windows programs can be started from the distro, as is needed to start a stopped engine. */
  interop: boolean;
  /** Whether systemd runs there. */
  systemd: boolean;
  /** Shells that were found, by name. */
  shells: string[];
}

export const WorkspaceFindings: z.ZodType<WorkspaceFindings> = z.object({
  checkedAt: z.iso.datetime().describe("When it was checked"),
  socket: z.enum(["ours", "missing", "foreign", "engine"]).describe(
    "What /var/run/docker.sock is: Windlass's link, nothing, something else, or the socket of another engine that answers",
  ),
  docker: z.enum(["ours", "missing", "own"]).describe(
    "Whose the command docker is: placed by Windlass, nobody's, or the user's own",
  ),
  files: z.array(WorkspaceFile).describe("What Windlass has placed, or has to"),
  automountRoot: z.string().describe("Where the drives of Windows are mounted, such as /mnt/"),
  dockerGroup: z.boolean().describe(
    "Whether the distro has a group docker, whose members may use the socket",
  ),
  interop: z.boolean().describe(
    "Whether Windows programs can be started from the distro, as is needed to start a stopped engine",
  ),
  systemd: z.boolean().describe("Whether systemd runs there"),
  shells: z.array(z.string()).describe("Shells that were found, by name"),
}).meta({ id: "WorkspaceFindings" });

/** A distro of the user, as `GET /v1/workspaces/{name}` shows it. */
export interface Workspace {
  /** Name of the distro. */
  name: string;
  /** Whether it is WSL's default distro. */
  isDefault: boolean;
  /** `busy`: being installed, converted, exported or removed. `missing`: no distro of that name is registered. */
  state: "running" | "stopped" | "busy" | "missing";
  /** Whether the setting `workspaces` names it. */
  enabled: boolean;
  /** Why it cannot be a workspace; `null` if it can. */
  ineligible: Problem | null;
  /** What was found in it just now; `null` if it was not checked, since that would have started it, or if that failed. */
  found: WorkspaceFindings | null;
  /** What is not as it should be. */
  problems: Problem[];
}

export const Workspace: z.ZodType<Workspace> = z.object({
  name: z.string().describe("Name of the distro"),
  isDefault: z.boolean().describe("Whether it is WSL's default distro"),
  state: z.enum(["running", "stopped", "busy", "missing"]).describe(
    "busy: being installed, converted, exported or removed; missing: no distro of that name is registered",
  ),
  enabled: z.boolean().describe("Whether the setting workspaces names it"),
  ineligible: Problem.nullable().describe("Why it cannot be a workspace; null if it can"),
  found: WorkspaceFindings.nullable().describe(
    "What was found in it just now; null if it was not checked, since that would have started it, or if that failed",
  ),
  problems: z.array(Problem).describe("What is not as it should be"),
}).meta({ id: "Workspace" });

/** The response of `GET /v1/workspaces`. */
export interface WorkspaceList {
  /** Every distro of the user, and those that are enabled and missing; by name. */
  workspaces: Workspace[];
}

export const WorkspaceList: z.ZodType<WorkspaceList> = z.object({
  workspaces: z.array(Workspace).describe(
    "Every distro of the user, and those that are enabled and missing; by name",
  ),
}).meta({ id: "WorkspaceList" });

/** An enabled distro in the status of Windlass: what the host knows without checking it. */
export interface WorkspaceSummary {
  /** Name of the distro. */
  name: string;
  /** `missing`: no distro of that name is registered. */
  state: "running" | "stopped" | "missing";
}

export const WorkspaceSummary: z.ZodType<WorkspaceSummary> = z.object({
  name: z.string().describe("Name of the distro"),
  state: z.enum(["running", "stopped", "missing"]).describe(
    "missing: no distro of that name is registered",
  ),
}).meta({ id: "WorkspaceSummary" });

/** What was done with one file of a distro. */
export interface WorkspaceStep {
  /** Absolute path in the distro. */
  path: string;
  /** `kept`: it was there as it should be. `skipped`: it was left as it is, for the reason that is given. */
  outcome: "placed" | "kept" | "skipped" | "removed";
  /** Why, in a word such as `own`, `changed`, `foreign` or `read-only`; absent where that is plain. */
  why?: string | undefined;
}

export const WorkspaceStep: z.ZodType<WorkspaceStep> = z.object({
  path: PATH,
  outcome: z.enum(["placed", "kept", "skipped", "removed"]).describe(
    "kept: it was there as it should be; skipped: it was left as it is, for the reason that is given",
  ),
  why: z.string().optional().describe(
    "Why, in a word such as own, changed, foreign or read-only; absent where that is plain",
  ),
}).meta({ id: "WorkspaceStep" });

/** The response of `POST /v1/workspaces/{name}/enable` and `.../disable`. */
export interface WorkspaceChange {
  /** The distro as it is now. */
  workspace: Workspace;
  /** What was done, in order. */
  steps: WorkspaceStep[];
}

export const WorkspaceChange: z.ZodType<WorkspaceChange> = z.object({
  workspace: Workspace.describe("The distro as it is now"),
  steps: z.array(WorkspaceStep).describe("What was done, in order"),
}).meta({ id: "WorkspaceChange" });
