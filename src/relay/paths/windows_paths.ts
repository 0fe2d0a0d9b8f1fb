import { cleanAbsolutePath } from "./clean_path.ts";
import { ENGINE_SOCKET, type RefusedPath, type TranslateText } from "./translate_path.ts";
import { namesInPath } from "./windows_names.ts";

/** What the paths of a Windows machine are translated with. */
export interface WindowsPathsOptions {
  /** The name of the engine's distro: a path below `\\wsl.localhost\<name>` is one of its own. */
  readonly engineDistro?: () => string;
  /** What is behind a letter of a drive, a capital; by default each is a local disk. */
  readonly driveKind?: (letter: string) => "local" | "network" | "none";
  /** Pipes that reach this engine, besides `docker_engine`, without `\\.\pipe\`. */
  readonly enginePipes?: readonly string[];
}

const DRIVES_ROOT = "/mnt";
const DOCKER_PIPE = "docker_engine";

/** `C:\x`, `C:/x`; also `C:x` and `C:`, which depend on the drive's current folder. */
const DRIVE_REGEXP = /^([A-Za-z]):(.*)$/s;
/** `\\?\C:\x`, `\\.\C:\x` and the same with slashes. */
const DEVICE_PREFIX_REGEXP = /^(?:\\\\|\/\/)[?.][\\/](?=[A-Za-z]:)/;
/** With this one, Windows takes every name as it is. */
const LITERAL_PREFIX = "\\\\?\\";
/** `\\?\UNC\server\share`. */
const LONG_SHARE_PREFIX_REGEXP = /^(?:\\\\|\/\/)\?[\\/]UNC[\\/]/i;
/** `\\.\pipe\name`, `//./pipe/name`. */
const PIPE_REGEXP = /^(?:\\\\|\/\/)[.?][\\/]pipe[\\/](.+)$/is;
/** `/c/x`, `//c/x`, `c/x`: a drive as Unix shells for Windows and other products write it. */
const DRIVE_FOLDER_REGEXP = /^(?:\/{1,2}([A-Za-z])(\/.*)?|([A-Za-z])(\/.*))$/s;
/** Where Docker Desktop has the drives; compose files of its users hold such paths. */
const DESKTOP_DRIVE_REGEXP = /^\/(?:run\/desktop\/mnt\/host|host_mnt)\/([A-Za-z])(\/.*)?$/s;
/** The file servers of WSL, the only ones whose paths are known with slashes too: `//var/run` is not a share. */
const WSL_SHARE_REGEXP = /^(?:\\\\|\/\/)wsl(?:\$|\.localhost)[\\/]+([^\\/]+)(.*)$/is;
const MOUNTED_DRIVE_REGEXP = /^\/mnt\/([a-z])(?:\/|$)/;
const SHARE_REGEXP = /^\\\\[^\\/?.][^\\/]*[\\/]+[^\\/]/s;
/** `\/server/share`: Windows takes either slash. Two slashes are left to the engine: `//var/run` is not a share. */
const MIXED_SHARE_REGEXP = /^(?:\\\/|\/\\)[^\\/?.]/;
/** What else only Windows understands: `\\?\Volume{...}`, `\\.\PhysicalDrive0`, `\??\C:\x`. */
const WINDOWS_ONLY_REGEXP = /^(?:\\\\|\/\/[?.][\\/]|[\\/]\?\?[\\/])/;
/** A drive in letters of another width, as East Asian keyboards write them. */
const WIDE_DRIVE_REGEXP = /^[\uff21-\uff3a\uff41-\uff5a][:\uff1a]|^[A-Za-z]\uff1a/;

/** WSL's file server writes characters that NTFS forbids as this plus their code. */
const ESCAPE_BASE = 0xf000;
const ESCAPED_REGEXP = /[\uf001-\uf07f]/g;

/**
 * Translates paths of the Windows machine on which the client runs, in every form that clients are known to
 * send. Absolute Linux paths are those of the engine distro and stay; so do names of volumes.
 *
 * @example `windowsPaths()("C:\\Users\\me")` is `/mnt/c/Users/me`.
 */
export function windowsPaths(options: WindowsPathsOptions = {}): TranslateText {
  const pipes = new Set([DOCKER_PIPE, ...options.enginePipes ?? []].map((name) => name.toLowerCase()));
  return (source) => {
    const translated = drivePath(source) ??
      pipeSocket(source, pipes) ??
      distroPath(source, options.engineDistro) ??
      refusedForm(source) ??
      driveFolder(source);
    if (typeof translated === "object") return translated;
    // A drive may be named as the distro names it, too.
    const path = translated ?? source;
    return (path.startsWith("/") ? missingDrive(cleanAbsolutePath(path), options) : undefined) ?? translated;
  };
}

/** Why nothing is at the path on a drive: dockerd would make an empty folder in its distro instead. */
function missingDrive(path: string, { driveKind }: WindowsPathsOptions): RefusedPath | undefined {
  const letter = MOUNTED_DRIVE_REGEXP.exec(path)?.[1]?.toUpperCase();
  switch (letter === undefined ? "local" : driveKind?.(letter)) {
    case "none":
      return { refused: `there is no drive ${letter}: on this machine` };
    case "network":
      return {
        refused:
          `${letter}: is a network drive, which the engine cannot reach; copy the files to a local drive`,
      };
    default:
      return undefined;
  }
}

function drivePath(source: string): string | RefusedPath | undefined {
  const match = DRIVE_REGEXP.exec(source.replace(DEVICE_PREFIX_REGEXP, ""));
  if (match === null) return undefined;
  const letter = match[1]!;
  const rest = match[2]!;
  if (!/^[\\/]/.test(rest)) {
    const drive = `${letter.toUpperCase()}:`;
    return {
      refused:
        `it depends on the current folder of drive ${drive}; write the whole path, such as '${drive}\\folder'`,
    };
  }
  const read = namesInPath(rest, source.startsWith(LITERAL_PREFIX));
  return "refused" in read ? read : onDrive(letter, `/${read.names.join("/")}`);
}

function pipeSocket(source: string, pipes: ReadonlySet<string>): string | RefusedPath | undefined {
  const name = PIPE_REGEXP.exec(source)?.[1];
  if (name === undefined) return undefined;
  if (pipes.has(name.toLowerCase())) return ENGINE_SOCKET;
  return {
    refused:
      "a Linux container cannot use a Windows pipe; only the engine's own, '\\\\.\\pipe\\docker_engine', can be mounted, as a socket",
  };
}

/** A file of a distro, as the file server of WSL names it. */
export interface DistroFile {
  readonly distro: string;
  /** Clean and absolute. */
  readonly path: string;
}

/** Reads `\\wsl.localhost\NAME\...` in all of its spellings. */
export function distroFile(source: string): DistroFile | undefined {
  const match = WSL_SHARE_REGEXP.exec(withoutLongPrefix(source));
  if (match === null) return undefined;
  // An escaped backslash is part of a name, so it is distinguished from a separator first.
  const path = match[2]!.replaceAll("\\", "/").replaceAll(ESCAPED_REGEXP, unescapeCharacter);
  return { distro: match[1]!, path: cleanAbsolutePath(path) };
}

function distroPath(
  source: string,
  engineDistro: (() => string) | undefined,
): string | RefusedPath | undefined {
  const file = distroFile(source);
  if (file === undefined) return undefined;
  const { distro, path } = file;
  if (distro.toLowerCase() !== engineDistro?.().toLowerCase()) {
    return {
      refused:
        `the engine cannot reach the files of the distro '${distro}'; copy them to a folder on a Windows drive or into a volume`,
    };
  }
  // The distro has no folder of one letter: what reads like a drive is one, here as everywhere.
  return driveFolder(path) ?? path;
}

function refusedForm(source: string): RefusedPath | undefined {
  if (SHARE_REGEXP.test(withoutLongPrefix(source)) || MIXED_SHARE_REGEXP.test(source)) {
    return {
      refused:
        "the engine cannot reach network shares of Windows; create a volume for the share with '--opt type=cifs', or copy the files to a local drive",
    };
  }
  if (!WINDOWS_ONLY_REGEXP.test(source) && !WIDE_DRIVE_REGEXP.test(source)) return undefined;
  return { refused: "it is not a folder on a drive with a letter; write the path as 'C:\\folder'" };
}

function driveFolder(source: string): string | undefined {
  const desktop = DESKTOP_DRIVE_REGEXP.exec(source);
  if (desktop !== null) return onDrive(desktop[1]!, desktop[2] ?? "");
  const match = DRIVE_FOLDER_REGEXP.exec(source);
  if (match === null) return undefined;
  return onDrive((match[1] ?? match[3])!, match[2] ?? match[4] ?? "");
}

/** Only the drive's letter changes its case: Linux distinguishes the others. `..` ends at the root of the drive. */
function onDrive(letter: string, rest: string): string {
  const path = cleanAbsolutePath(rest);
  return `${DRIVES_ROOT}/${letter.toLowerCase()}${path === "/" ? "" : path}`;
}

function withoutLongPrefix(source: string): string {
  return source.replace(LONG_SHARE_PREFIX_REGEXP, "\\\\");
}

function unescapeCharacter(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) - ESCAPE_BASE);
}
