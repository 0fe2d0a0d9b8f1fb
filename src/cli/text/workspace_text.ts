/** The user's own distros for people. */
import type { Problem } from "../../api/resources/problems.ts";
import type { Workspace, WorkspaceChange, WorkspaceFindings } from "../../api/resources/workspaces.ts";
import { ERROR_CODES } from "../../errors/error_codes.ts";
import { wrappedText } from "./wrapped_text.ts";

const INDENT = "    ";

/** All distros, each with a line of its state and what is to be done about it. Pure. */
export function listText(workspaces: readonly Workspace[], columns: number): string {
  if (workspaces.length === 0) return "No distros; 'wsl --install' installs one\n";
  const lines = workspaces.map((workspace) => {
    const { name, ineligible, problems } = workspace;
    return `${name}: ${stateText(workspace)}\n` +
      (ineligible === null ? "" : ineligibleText(ineligible, columns)) +
      problems.map((problem) => problemText(problem, columns)).join("");
  });
  const isHint = workspaces.every(({ enabled }) => !enabled) &&
    workspaces.some(({ ineligible }) => ineligible === null);
  return lines.join("") + (isHint ? "\nRun 'windlass workspace enable NAME' to use Docker inside one\n" : "");
}

/** One distro, with everything that was found in it. Pure. */
export function checkText(workspace: Workspace, columns: number): string {
  const { name, ineligible, found, enabled, problems } = workspace;
  const rows = found === null || !enabled ? [] : findingRows(found);
  const width = Math.max(...rows.map(([label]) => label.length));
  return `${name}: ${stateText(workspace)}\n` +
    rows.map(([label, text]) => hanging(`${INDENT}${label.padEnd(width)}  `, text, columns)).join("") +
    (ineligible === null ? "" : ineligibleText(ineligible, columns)) +
    problems.map((problem) => problemText(problem, columns)).join("");
}

/** What 'enable' has led to. Pure. */
export function enabledText({ workspace, steps }: WorkspaceChange, columns: number): string {
  const { name, problems, found } = workspace;
  const headline = problems.length > 0
    ? `${name} is on, but not everything works in it\n`
    : found?.docker === "own"
    ? `${name} is on: its own docker command uses Windlass\n`
    : `${name} is on: open a new terminal in it and use docker\n`;
  return headline + skippedText(steps, columns) +
    problems.map((problem) => problemText(problem, columns)).join("");
}

/** What 'disable' has led to. Pure. */
export function disabledText({ workspace, steps }: WorkspaceChange, columns: number): string {
  const { name, problems, state } = workspace;
  if (state === "missing") return `${name} is off; there is no distro of that name\n`;
  const isClean = steps.every(({ outcome }) => outcome === "removed") && problems.length === 0;
  return `${name} is off${isClean ? ", and nothing of Windlass is left in it" : ""}\n` +
    skippedText(steps, columns) +
    problems.map((problem) => problemText(problem, columns)).join("");
}

/** What was left as it is, and why: the user may not expect it. */
function skippedText(steps: WorkspaceChange["steps"], columns: number): string {
  return steps.filter(({ outcome }) => outcome === "skipped").map(({ path, why }) => {
    const reason = why === undefined ? "" : `: ${REASONS[why] ?? why}`;
    return wrappedText(`Left as it is, ${path}${reason}`, columns, INDENT);
  }).join("");
}

/** The reasons for which a file of a distro is left alone. A later version may know more. */
const REASONS: Readonly<Record<string, string>> = {
  "own": "the distro has its own",
  "changed": "it was changed after Windlass had placed it",
  "foreign": "Windlass has not placed it",
  "engine": "another engine listens there",
  "read-only": "its file system is read-only",
  "not-permitted": "the distro does not permit a change there",
  "unsafe-link": "a link in its path could lead elsewhere",
  "not-a-folder": "a part of its path is not a folder",
  "missing": "its folder is missing",
};

function stateText({ isDefault, state, enabled, ineligible, found, problems }: Workspace): string {
  const words: string[] = [];
  if (ineligible !== null && !enabled) words.push("cannot be a workspace");
  else words.push(enabled ? "on" : "off");
  if (state === "missing") words.push("there is no distro of that name");
  else if (state === "busy") words.push("being installed, converted or removed");
  else if (enabled) words.push(state);
  if (enabled && state === "stopped" && found === null && problems.length === 0) {
    words.push("not checked, which would start it");
  }
  if (enabled && found?.docker === "own") words.push("with a docker command of its own");
  if (isDefault) words.push("default distro");
  return words.join(", ");
}

function findingRows(found: WorkspaceFindings): [label: string, text: string][] {
  const counts = { placed: 0, missing: 0, changed: 0 };
  for (const { state } of found.files) counts[state]++;
  const files = [
    `${counts.placed} in place`,
    ...counts.missing === 0 ? [] : [`${counts.missing} missing`],
    ...counts.changed === 0 ? [] : [`${counts.changed} changed by somebody else`],
  ];
  return [
    ["Socket", SOCKET_TEXTS[found.socket]],
    ["docker", DOCKER_TEXTS[found.docker]],
    ["Files", files.join(", ")],
    [
      "Users",
      found.dockerGroup
        ? "the default user, root, and the members of the group docker"
        : "the default user and root",
    ],
    [
      "Interop",
      found.interop
        ? "on: docker starts the engine when it is stopped"
        : "off: docker cannot start the engine when Windlass is stopped",
    ],
    ["Drives", `at ${found.automountRoot}`],
    ["systemd", found.systemd ? "running" : "not running"],
    ["Shells", found.shells.length === 0 ? "none found" : found.shells.join(", ")],
  ];
}

const SOCKET_TEXTS: Readonly<Record<WorkspaceFindings["socket"], string>> = {
  ours: "/var/run/docker.sock leads to Windlass",
  missing: "/var/run/docker.sock is missing",
  foreign: "/var/run/docker.sock is a file that Windlass has not made",
  engine: "another engine listens at /var/run/docker.sock",
};

const DOCKER_TEXTS: Readonly<Record<WorkspaceFindings["docker"], string>> = {
  ours: "the command of Windlass, with compose and buildx",
  missing: "missing",
  own: "a command of the distro's own, which stays",
};

function problemText({ code, message, remedy }: Problem, columns: number): string {
  return wrappedText(message, columns, INDENT) + wrappedText(`${code}: ${remedy}`, columns, INDENT);
}

/** Why a distro cannot be a workspace; what to do only where there is something: a part of a product stays one. */
function ineligibleText({ code, message, remedy }: Problem, columns: number): string {
  const reason = message.slice(message.indexOf(": ") + 2);
  return wrappedText(`${reason[0]!.toUpperCase()}${reason.slice(1)}`, columns, INDENT) +
    (remedy === ERROR_CODES.WL_WORKSPACE_INELIGIBLE
      ? ""
      : wrappedText(`${code}: ${remedy}`, columns, INDENT));
}

/** A label, and a text beside it whose further lines begin below its first one. */
function hanging(label: string, text: string, columns: number): string {
  const indent = " ".repeat(label.length);
  return label + wrappedText(text, columns, indent).slice(indent.length);
}
