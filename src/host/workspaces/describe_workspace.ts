import type { Workspace, WorkspaceFindings } from "../../api/resources/workspaces.ts";
import { problemOf, type ReportedProblem } from "../../errors/problem_of.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { ineligibility } from "../../workspaces/eligible_distros.ts";
import type { Probe } from "../../workspaces/tool_output.ts";
import { workspaceProblems } from "../../workspaces/workspace_problems.ts";
import type { WorkspaceEntry } from "../../workspaces/workspace_record.ts";
import type { DistroNow } from "./distros_now.ts";

/** What is known of a distro. */
export interface KnownDistro {
  readonly distro: DistroNow;
  readonly enabled: boolean;
  readonly entry: WorkspaceEntry | undefined;
  /** What was found just now; an error if that failed, `undefined` if it was not checked. */
  readonly found: Probe | Error | undefined;
  /** What went wrong with it in the background. */
  readonly failure: ReportedProblem | undefined;
  /** Name of this instance's shared folder. */
  readonly folder: string;
}

/** A distro as the API shows it. Pure but for the clock. */
export function describeWorkspace(known: KnownDistro): Workspace {
  const { distro, enabled, entry, found, failure, folder } = known;
  const { name, isDefault, state } = distro;
  const refusal = ineligibility(distro);
  const common = { name, isDefault, state, enabled };
  if (refusal !== undefined) return { ...common, ineligible: problemOf(refusal), found: null, problems: [] };
  const named = (problems: readonly ReportedProblem[]) => problems.map((problem) => withName(problem, name));
  if (found === undefined || found instanceof Error) {
    const problems = found === undefined ? [] : [problemOf(found)];
    if (failure !== undefined && problems.length === 0) problems.push(failure);
    if (found === undefined && !enabled && entry !== undefined) problems.push(leftFiles(name));
    return { ...common, ineligible: null, found: null, problems: named(problems) };
  }
  const problems = workspaceProblems({ name, enabled, entry, probe: found, folder });
  if (enabled && failure !== undefined && problems.length > 0) problems.push(failure);
  return { ...common, ineligible: null, found: findings(found), problems: named(problems) };
}

/** A name of the setting, or of our record, that no distro has. Pure. */
export function describeMissing(name: string, enabled: boolean): Workspace {
  const problem = new WindlassError(
    "WL_WORKSPACE_GONE",
    `Cannot use the workspace '${name}': there is no such distro`,
  );
  return {
    name,
    isDefault: false,
    state: "missing",
    enabled,
    ineligible: null,
    found: null,
    problems: [withName(problemOf(problem), name)],
  };
}

/** The remedy with the name in its commands, so that they can be copied. */
function withName(problem: ReportedProblem, name: string): ReportedProblem {
  return { ...problem, remedy: problem.remedy.replaceAll("' with its name", ` ${name}'`) };
}

function findings(probe: Probe): WorkspaceFindings {
  const { socket, docker, files, automountRoot, dockerGroup, interop, systemd, shells } = probe;
  return {
    checkedAt: new Date().toISOString(),
    socket,
    docker,
    files,
    automountRoot,
    dockerGroup: dockerGroup !== null,
    interop,
    systemd,
    shells,
  };
}

function leftFiles(name: string): ReportedProblem {
  const state = "it is not enabled, and may still have files of Windlass";
  return problemOf(new WindlassError("WL_WORKSPACE_LEFT", `Cannot leave the distro '${name}': ${state}`));
}
