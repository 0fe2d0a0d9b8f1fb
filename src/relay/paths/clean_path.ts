/**
 * The path without empty parts, `.` and `..`, as the engine cleans it too: a `..` at the root leads nowhere.
 *
 * @example `cleanAbsolutePath("//a/./b/../c/")` is `/a/c`.
 */
export function cleanAbsolutePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Whether a clean path is the folder or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? folder : `${folder}/`);
}
