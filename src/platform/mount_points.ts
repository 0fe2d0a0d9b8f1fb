/** The kernel writes space, tab, newline and backslash as three octal digits. */
const ESCAPED_REGEXP = /\\([0-7]{3})/g;

/**
 * The mount points at or below a folder, as this process sees them; always empty on Windows. Whatever removes a
 * folder with its content must ask first: a mount leads out of the folder.
 */
export async function mountPointsBelow(folder: string): Promise<readonly string[]> {
  if (Deno.build.os !== "linux") return [];
  const real = await Deno.realPath(folder).catch(() => folder);
  return parseMountPoints(await Deno.readTextFile("/proc/self/mountinfo"))
    .filter((point) => point === real || point.startsWith(`${real}/`));
}

/** The mount points in a text in the format of `/proc/self/mountinfo`. Pure. */
export function parseMountPoints(mountInfo: string): readonly string[] {
  return mountInfo.split("\n").flatMap((line) => {
    const point = line.split(" ")[4];
    if (point === undefined) return [];
    return [point.replace(ESCAPED_REGEXP, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))];
  });
}
