/** Whether something is at the path; with a `device` (`major:minor`), whether that is mounted there. */
export async function hasPath(path: string, device?: string): Promise<boolean> {
  if (device === undefined) return await Deno.stat(path).then(() => true, () => false);
  return isMounted(await Deno.readTextFile("/proc/self/mountinfo"), path, device);
}

/**
 * Whether a list of mounts, as in /proc/self/mountinfo, has the device there. Pure.
 *
 * @param point As in the list, where a space is `\\040`.
 */
export function isMounted(mountinfo: string, point: string, device: string): boolean {
  return mountinfo.split("\n").some((line) => {
    const fields = line.split(" ");
    return fields[2] === device && fields[4] === point;
  });
}
