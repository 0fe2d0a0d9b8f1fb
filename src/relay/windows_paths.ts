import type { TranslatePath } from "./host_paths.ts";
import { cleanAbsolutePath } from "./linux_paths.ts";

/** What the paths of a Windows machine are translated with. Each answers with an absolute path or not at all. */
export interface WindowsPathsOptions {
  /** Where the engine distro has the root of another distro of this user; its own root is `/`. */
  distroRoot?(distro: string): string | undefined;
  /** Where the engine distro has a share of the network. */
  shareRoot?(server: string, share: string): string | undefined;
  /** Pipes that reach this engine, beside `docker_engine`, without `\\.\pipe\`. */
  readonly enginePipes?: readonly string[];
}

const DRIVES_ROOT = "/mnt";
const ENGINE_SOCKET = "/run/docker.sock";
const DOCKER_PIPE = "docker_engine";

/** `C:\x`, `C:/x`. A drive alone, or a path relative to a drive's current folder, is not absolute. */
const DRIVE_REGEXP = /^([A-Za-z]):([\\/].*)$/s;
/** `\\?\C:\x`, `\\.\C:\x` and the same with slashes. */
const DEVICE_PREFIX_REGEXP = /^(?:\\\\|\/\/)[?.][\\/](?=[A-Za-z]:)/;
/** `\\?\UNC\server\share`. */
const LONG_SHARE_PREFIX_REGEXP = /^\\\\\?\\UNC\\/i;
/** `\\.\pipe\name`, `//./pipe/name`. */
const PIPE_REGEXP = /^(?:\\\\|\/\/)\.[\\/]pipe[\\/](.+)$/is;
/** `/c/x`, `//c/x`, `c/x`: a drive as Unix shells for Windows and other products write it. */
const DRIVE_FOLDER_REGEXP = /^(?:\/{1,2}([A-Za-z])(\/.*)?|([A-Za-z])(\/.*))$/s;
/** Where Docker Desktop has the drives; compose files of its users hold such paths. */
const DESKTOP_DRIVE_REGEXP = /^\/(?:run\/desktop\/mnt\/host|host_mnt)\/([A-Za-z])(\/.*)?$/s;
/** `\\server\share\x`; with slashes it is a share only for the file servers of WSL. */
const SHARE_REGEXP = /^\\\\([^\\/]+)[\\/]+([^\\/]+)(.*)$/s;
const WSL_SHARE_REGEXP = /^(?:\\\\|\/\/)wsl(?:\$|\.localhost)[\\/]+([^\\/]+)(.*)$/is;

/** WSL's file server writes characters that NTFS forbids as this plus their code. */
const ESCAPE_BASE = 0xf000;
const ESCAPED_REGEXP = /[\uf001-\uf07f]/g;

/**
 * Translates paths of the Windows machine on which the client runs, in every form that clients are known to
 * send. Absolute Linux paths are those of the engine distro and stay; so do names of volumes. Translating a
 * result again changes nothing.
 *
 * @example `windowsPaths()("C:\\Users\\me")` is `/mnt/c/Users/me`.
 */
export function windowsPaths(options: WindowsPathsOptions = {}): TranslatePath {
  const pipes = new Set([DOCKER_PIPE, ...options.enginePipes ?? []].map((name) => name.toLowerCase()));
  return (source) =>
    drivePath(source.replace(DEVICE_PREFIX_REGEXP, "")) ??
      pipeSocket(source, pipes) ??
      distroPath(source, options) ??
      sharePath(source, options) ??
      driveFolder(source);
}

function drivePath(source: string): string | undefined {
  const match = DRIVE_REGEXP.exec(source);
  return match === null ? undefined : onDrive(match[1]!, withSlashes(match[2]!));
}

function pipeSocket(source: string, pipes: ReadonlySet<string>): string | undefined {
  const name = PIPE_REGEXP.exec(source)?.[1];
  return name !== undefined && pipes.has(name.toLowerCase()) ? ENGINE_SOCKET : undefined;
}

function distroPath(source: string, options: WindowsPathsOptions): string | undefined {
  const match = WSL_SHARE_REGEXP.exec(source.replace(LONG_SHARE_PREFIX_REGEXP, "\\\\"));
  if (match === null) return undefined;
  const root = options.distroRoot?.(match[1]!);
  // An escaped backslash is part of a name, so it is told from a separator first.
  const rest = withSlashes(match[2]!).replaceAll(ESCAPED_REGEXP, unescapeCharacter);
  return root === undefined ? undefined : under(root, rest);
}

function sharePath(source: string, options: WindowsPathsOptions): string | undefined {
  const match = SHARE_REGEXP.exec(source.replace(LONG_SHARE_PREFIX_REGEXP, "\\\\"));
  if (match === null || match[1] === "?" || match[1] === ".") return undefined;
  const root = options.shareRoot?.(match[1]!, match[2]!);
  return root === undefined ? undefined : under(root, withSlashes(match[3]!));
}

function driveFolder(source: string): string | undefined {
  const desktop = DESKTOP_DRIVE_REGEXP.exec(source);
  if (desktop !== null) return onDrive(desktop[1]!, desktop[2] ?? "");
  const match = DRIVE_FOLDER_REGEXP.exec(source);
  if (match === null) return undefined;
  return onDrive((match[1] ?? match[3])!, match[2] ?? match[4] ?? "");
}

/** Only the drive's letter changes its case: Linux tells apart the others. */
function onDrive(letter: string, rest: string): string {
  return under(`${DRIVES_ROOT}/${letter.toLowerCase()}`, rest);
}

/** `..` ends at the root, as it does on Windows. */
function under(root: string, rest: string): string {
  const path = cleanAbsolutePath(rest);
  if (path === "/") return cleanAbsolutePath(root);
  return root === "/" ? path : cleanAbsolutePath(root) + path;
}

function withSlashes(path: string): string {
  return path.replaceAll("\\", "/");
}

function unescapeCharacter(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) - ESCAPE_BASE);
}
