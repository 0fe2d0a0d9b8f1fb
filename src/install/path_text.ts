/**
 * The text of the PATH variable of Windows: folders between semicolons. What is added is taken away again to the letter, so
 * that a text is, after both, what it was.
 */
import { win32 } from "node:path";

/** Finds the value of a variable whatever the case of its name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What the name of a folder in PATH cannot contain: the separator, and the mark of variables. */
const UNFIT_REGEXP = /[;%"]/;
const VARIABLE_REGEXP = /%([^%]+)%/g;

/** Whether PATH can contain a folder as it is written. Pure. */
export function fitsPath(folder: string): boolean {
  return !UNFIT_REGEXP.test(folder);
}

/** Whether the text names the folder, in any of the ways to write it. Pure. */
export function hasFolder(text: string, folder: string, variables: Variables): boolean {
  const wanted = comparable(folder, variables);
  return text.split(";").some((entry) => comparable(entry, variables) === wanted);
}

/** The text with the folder behind all others; as it is if it names it already. Pure. */
export function addFolder(text: string, folder: string, variables: Variables): string {
  if (hasFolder(text, folder, variables)) return text;
  return text === "" ? folder : `${text};${folder}`;
}

/** The text without what {@linkcode addFolder} has put into it. Pure. */
export function removeFolder(text: string, folder: string): string {
  const entries = text.split(";");
  const wanted = comparable(folder, {});
  const last = entries.findLastIndex((entry) => comparable(entry, {}) === wanted);
  return last === -1 ? text : entries.toSpliced(last, 1).join(";");
}

/** An entry as Windows reads it: quotes mean nothing, nor does case, nor a separator at the end. */
function comparable(entry: string, variables: Variables): string {
  const filled = entry.replaceAll('"', "").trim().replaceAll(
    VARIABLE_REGEXP,
    (whole, name: string) => valueOf(variables, name) ?? whole,
  );
  return filled === "" ? "" : win32.normalize(filled).replace(/(?<=[^:])\\$/, "").toLowerCase();
}

function valueOf(variables: Variables, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const key = Object.keys(variables).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? undefined : variables[key];
}
