/**
 * What Windows makes of the names in a path on one of its drives, so that a container gets the folder that
 * every program of Windows would open, and no folder that none of them could.
 */

/** Names that lead to a device from any folder. */
const DEVICE_NAME_REGEXP = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])$/i;
/** What no name on a drive can hold. */
// deno-lint-ignore no-control-regex
const FORBIDDEN_REGEXP = /[<>:"|?*\u0000-\u001f]/;

/** Why no folder of a drive can be meant by `path`, or its parts as Windows reads them. */
export type NamesInPath = { readonly refused: string } | { readonly names: readonly string[] };

/**
 * Reads what follows `C:` of an absolute path, with either kind of slash.
 *
 * @param literal Whether the path was given with `\\?\`, which keeps Windows from reading anything into it.
 * @example `namesInPath("\\a.\\..\\b. ", false)` is `{ names: ["b"] }`.
 */
export function namesInPath(path: string, literal: boolean): NamesInPath {
  const names: string[] = [];
  for (const name of path.split(/[\\/]/)) {
    if (name === "..") names.pop(); // which leads nowhere at the root
    else if (name !== "" && name !== ".") names.push(literal ? name : withoutSingleDot(name));
  }
  const last = names.at(-1);
  if (!literal && last !== undefined && !/[\\/]$/.test(path)) {
    names.pop();
    const trimmed = last.replace(/(?<![. ])[. ]+$/, "");
    if (trimmed !== "") names.push(trimmed);
  }
  const device = names.at(-1)?.trimEnd() ?? "";
  if (!literal && DEVICE_NAME_REGEXP.test(device)) {
    return { refused: `'${device}' is the name of a device on Windows; choose another folder` };
  }
  for (const name of names) {
    const character = FORBIDDEN_REGEXP.exec(name)?.[0];
    if (character === undefined) continue;
    const shown = character < " " ? `the control character ${character.charCodeAt(0)}` : `'${character}'`;
    return { refused: `a name on a Windows drive cannot hold ${shown}; correct the path` };
  }
  return { names };
}

/** Windows takes a single dot from the end of any name. */
function withoutSingleDot(name: string): string {
  return name.endsWith(".") && !name.endsWith("..") ? name.slice(0, -1) : name;
}
