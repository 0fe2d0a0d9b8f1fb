import { kernel32 } from "./kernel32.ts";
import { wideText } from "./registry/registry_values.ts";

/** What a letter stands for: a disk of this machine, one of another, or nothing. */
export type DriveKind = "local" | "network" | "none";

/** As GetDriveTypeW tells them. */
const DRIVE_UNKNOWN = 0;
const DRIVE_NO_ROOT_DIR = 1;
const DRIVE_REMOTE = 4;

/** What the drive with this letter is now. Asks Windows' own list, not the disk: a sleeping one costs no time. */
export function driveKind(letter: string): DriveKind {
  switch (kernel32().GetDriveTypeW(wideText(`${letter}:\\`))) {
    case DRIVE_UNKNOWN:
    case DRIVE_NO_ROOT_DIR:
      return "none";
    case DRIVE_REMOTE:
      return "network";
    default:
      return "local";
  }
}
