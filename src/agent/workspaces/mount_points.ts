/** A mount point of /proc/self/mountinfo as it was given to mount(2). */
function unescaped(point: string): string {
  return point.replaceAll(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/**
 * What is mounted at a folder and below it, the newest first: a point is listed once for each of the mounts that lie over
 * each other there. Pure.
 *
 * @param mountinfo As /proc/self/mountinfo.
 */
export function mountPoints(mountinfo: string, folder: string): string[] {
  return mountinfo.split("\n")
    .map((line) => unescaped(line.split(" ")[4] ?? ""))
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .reverse();
}
