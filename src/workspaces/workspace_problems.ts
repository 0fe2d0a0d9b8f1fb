import type { ErrorCode } from "../errors/error_codes.ts";
import { problemOf, type ReportedProblem } from "../errors/problem_of.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { Probe } from "./tool_output.ts";
import type { WorkspaceEntry } from "./workspace_record.ts";

/** What a distro is judged by. */
export interface JudgedWorkspace {
  readonly name: string;
  readonly enabled: boolean;
  /** What this instance knows of it. */
  readonly entry: WorkspaceEntry | undefined;
  readonly probe: Probe;
  /** Name of this instance's shared folder. */
  readonly folder: string;
}

/** What is not as it should be in a distro that was checked. Pure. */
export function workspaceProblems(judged: JudgedWorkspace): ReportedProblem[] {
  const { name, enabled, entry, probe } = judged;
  const problems: ReportedProblem[] = [];
  const add = (code: ErrorCode, action: string, state: string) =>
    problems.push(problemOf(new WindlassError(code, `Cannot ${action} '${name}': ${state}`)));
  const owner = foreignOwner(judged);
  if (owner !== undefined) {
    if (enabled) add("WL_WORKSPACE_FOREIGN", "use the workspace", `it belongs to the instance '${owner}'`);
    return problems;
  }
  if (!enabled) {
    if (probe.manifest || entry !== undefined) {
      add("WL_WORKSPACE_LEFT", "leave the distro", "it is not enabled, and still has files of Windlass");
    }
    return problems;
  }
  if (entry?.state === "placed" && !probe.manifest) {
    add(
      "WL_WORKSPACE_REPLACED",
      "use the workspace",
      "it is not the distro that was enabled, but another one",
    );
    return problems;
  }
  const missing = probe.files.filter(({ state }) => state === "missing").map(({ path }) => path);
  if (entry?.state !== "placed" || missing.length > 0) {
    const rest = missing.length > 1 ? ` and ${missing.length - 1} more files are` : " is";
    const state = missing[0] === undefined ? "it is not set up completely" : `'${missing[0]}'${rest} missing`;
    add("WL_WORKSPACE_INCOMPLETE", "use the workspace", state);
    if (probe.unwritable !== undefined) {
      add("WL_WORKSPACE_READ_ONLY", "repair the workspace", `'${probe.unwritable}' cannot be written to`);
    }
  } else if (probe.socket === "missing") {
    add("WL_WORKSPACE_INCOMPLETE", "use the workspace", "'/var/run/docker.sock' is missing");
  }
  if (probe.socket === "engine" || probe.socket === "foreign") {
    const owned = probe.socket === "engine" ? "the socket of another engine" : "not Windlass's";
    add(
      "WL_WORKSPACE_SOCKET_TAKEN",
      "link the engine's socket in the workspace",
      `'/var/run/docker.sock' is ${owned}`,
    );
  }
  for (const { path, state } of probe.files) {
    if (state !== "changed") continue;
    add("WL_WORKSPACE_FILE_CHANGED", "keep every file up to date in the workspace", `'${path}' was changed`);
  }
  if (!probe.interop) {
    add("WL_WORKSPACE_NO_INTEROP", "start the engine from the workspace", "it cannot run Windows programs");
  }
  return problems;
}

/** The other instance whose files a distro has. Pure. */
export function foreignOwner(
  { probe, folder }: Pick<JudgedWorkspace, "probe" | "folder">,
): string | undefined {
  const owner = probe.manifest ? probe.shared?.split("/").at(-1) : undefined;
  return owner === folder ? undefined : owner;
}
