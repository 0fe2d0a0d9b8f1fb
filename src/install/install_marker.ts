import { dirname, join } from "node:path";
import { z } from "zod";

/** Who may have put an executable in its place; `user` is a person who ran `windlass install`. */
export const INSTALLERS = ["user", "winget", "managed"] as const;

/** One of {@linkcode INSTALLERS}. */
export type Installer = typeof INSTALLERS[number];

/** The file beside an installed executable that says so. Its name cannot be that of a program of anybody else. */
export const MARKER_NAME = "windlass-install.json";

/**
 * What an installation has put on the machine. Written before anything else is, so that whatever is left after a kill is
 * named somewhere; what it names and is not there was never made.
 */
export const InstallMarker = z.strictObject({
  format: z.literal(1),
  installedBy: z.enum(INSTALLERS),
  /** Whether all steps were done; an installation that is not is finished by the next one. */
  complete: z.boolean(),
  /** The user's PATH, if the folder was added to it. */
  path: z.strictObject({
    /** Whether the user had a PATH before; one that is empty in the end and was not there goes. */
    existed: z.boolean(),
  }).nullable(),
  /** Files outside of the folder: the entry of a menu. */
  files: z.array(z.string()),
});

/** What the marker file holds. */
export type InstallMarker = z.infer<typeof InstallMarker>;

/** The marker in a text, or nothing if it is none. Pure. */
export function parseMarker(text: string): InstallMarker | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return InstallMarker.safeParse(value).data;
}

/** The text of the marker file. Pure. */
export function formatMarker(marker: InstallMarker): string {
  return `${JSON.stringify(marker, null, 2)}\n`;
}

/** The marker beside an executable; nothing if there is none, or one that cannot be read. */
export async function readMarker(executable: string): Promise<InstallMarker | undefined> {
  const text = await Deno.readTextFile(join(dirname(executable), MARKER_NAME)).catch(() => undefined);
  return text === undefined ? undefined : parseMarker(text);
}
