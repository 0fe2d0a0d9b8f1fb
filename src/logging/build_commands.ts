import { REDACTED } from "./redacted.ts";

/** How BuildKit begins to name the command of a failed step; also inside of JSON or quotes. */
const BEGIN_REGEXP = /(?:process \\{0,7}"|executor failed running \[)/g;
const FAILED_REGEXP = /\\{0,7}" did not complete|\]: (?:exit code|runc did not)/g;
const SHELL_REGEXP = /\/[\w/.-]{1,64} -\w{0,8}c /y;

/**
 * Takes out the command lines that BuildKit names when a step fails: `process "/bin/sh -c ..." did not complete
 * successfully`. A build's commands may hold secrets that no pattern recognises. A command whose end
 * was cut off goes to the end of its line. Linear: every search continues where the last one ended. Pure.
 */
export function redactBuildCommands(text: string): string {
  BEGIN_REGEXP.lastIndex = 0;
  let clean = "";
  let kept = 0;
  let failed = { at: -1, none: false };
  while (BEGIN_REGEXP.exec(text) !== null) {
    const start = BEGIN_REGEXP.lastIndex;
    if (failed.at < start && !failed.none) failed = nextFailure(text, start);
    SHELL_REGEXP.lastIndex = start;
    const isShell = SHELL_REGEXP.test(text);
    if (failed.none && !isShell) continue;
    const lineEnd = text.indexOf("\n", start);
    const line = lineEnd < 0 ? text.length : lineEnd;
    const isComplete = !failed.none && failed.at < line;
    if (isComplete || isShell) {
      clean += text.slice(kept, start) + REDACTED;
      kept = isComplete ? failed.at : line;
    }
    BEGIN_REGEXP.lastIndex = isComplete ? failed.at : line;
  }
  return clean + text.slice(kept);
}

function nextFailure(text: string, from: number): { readonly at: number; readonly none: boolean } {
  FAILED_REGEXP.lastIndex = from;
  const match = FAILED_REGEXP.exec(text);
  return match === null ? { at: -1, none: true } : { at: match.index, none: false };
}
