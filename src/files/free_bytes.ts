/** Bytes that this user may still write to the disk of a folder; `undefined` where the system does not report them. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    // Loaded only here: the agent must not load it on the way to dockerd's start unless it needs it.
    const { statfs } = await import("node:fs/promises");
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
