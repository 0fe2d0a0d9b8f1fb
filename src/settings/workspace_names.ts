import { z } from "zod";

/** The names that WSL gives distros. */
const DISTRO_NAME_REGEXP = /^[A-Za-z0-9._-]{1,256}$/;
/** Far more distros than a machine has; each is polled every few seconds. */
const MAXIMUM_WORKSPACES = 64;

/** The word for whichever distro is the default one of WSL. */
export const DEFAULT_DISTRO = "default";

/** Value of `workspaces`: names of distros, compared without case as WSL does, each once. */
export const WorkspaceNames = z.array(z.string()).superRefine((names, context) => {
  const message = namesRefusal(names);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** Whether WSL could have a distro of that name. `.` and `..` would also be folders. Pure. */
export function isDistroName(name: string): boolean {
  return DISTRO_NAME_REGEXP.test(name) && name !== "." && name !== "..";
}

/** Whether two names mean the same distro. Pure. */
export function isSameDistro(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * The names in words of a command line. Every form arrives: names with spaces or commas between them, JSON, and JSON
 * from which a shell has removed the quotes; no name has one of these characters in it. Pure.
 */
export function parseWorkspaceWords(words: readonly string[]): string[] {
  return words.join(" ").split(/[\s,"'[\]]+/).filter((name) => name !== "");
}

function namesRefusal(names: readonly string[]): string | undefined {
  if (names.length > MAXIMUM_WORKSPACES) return `there are more than ${MAXIMUM_WORKSPACES}`;
  const seen = new Set<string>();
  for (const name of names) {
    if (!isDistroName(name)) return `'${name}' is not a name that a distro can have`;
    if (seen.has(name.toLowerCase())) return `'${name}' is named twice`;
    seen.add(name.toLowerCase());
  }
  return undefined;
}
