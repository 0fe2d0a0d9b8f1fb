import { dirname, join } from "node:path";
import { z } from "zod";

/** What may have put an executable in its place; `user` is a person who ran `windlass install`. */
export const INSTALLERS = ["user", "winget", "managed"] as const;

/** One of {@linkcode INSTALLERS}. */
export type Installer = typeof INSTALLERS[number];

/** Beside the installed executable: the marker, and what is held while the installation is changed. */
const MARKER_NAME = "windlass-install.json";
const LOCK_NAME = "windlass-install.lock";

/** The marker of an executable. Pure. */
export function markerFile(program: string): string {
  return join(dirname(program), MARKER_NAME);
}

/** The lock of an executable's installation; there only while somebody holds it. Pure. */
export function lockFile(program: string): string {
  return join(dirname(program), LOCK_NAME);
}

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
  /** Folders that did not exist before, the outer ones first. They go if nothing else is in them. */
  folders: z.array(z.string()),
});

/** What the marker file holds. */
export type InstallMarker = z.infer<typeof InstallMarker>;

/** The marker in a text; `undefined` for any other text. Pure. */
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
  const text = await Deno.readTextFile(markerFile(executable)).catch(() => undefined);
  return text === undefined ? undefined : parseMarker(text);
}
