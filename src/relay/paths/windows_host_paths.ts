import { WORKSPACES_FOLDER } from "../../agent/protocol/distro_paths.ts";
import { cleanAbsolutePath } from "./clean_path.ts";
import { RELAY_LIMITS } from "../relay_limits.ts";
import { reservedPath } from "./reserved_paths.ts";
import { FileSystemSilent, type LinkReader } from "./resolve_links.ts";
import { ENGINE_SOCKET_NAMES } from "./engine_sockets.ts";
import {
  type EngineHas,
  type ResolveWorkspacePath,
  SOURCE_MISSING,
  type TranslatedPath,
  type TranslatePath,
  type TranslateText,
} from "./translate_path.ts";
import { distroFile } from "./windows_paths.ts";

/** What {@linkcode windowsHostPaths} uses. */
export interface WindowsHostPathsOptions {
  readonly translateText: TranslateText;
  /** The machine's files. */
  readonly files: LinkReader;
  readonly engineHas: EngineHas;
  /** The name of the engine's distro, whose paths are its own and not those of a workspace. */
  readonly engineDistro: () => string;
  /** Translates paths of the user's distros. @default They are refused. */
  readonly resolveWorkspacePath?: ResolveWorkspacePath | undefined;
}

/** A file of a workspace, as the engine names it. */
const WORKSPACE_REGEXP = new RegExp(`^${WORKSPACES_FOLDER}/([^/]+)(/.*)?$`, "s");
const DRIVE_FOLDER_REGEXP = /^\/mnt\/([a-z])(\/.*)?$/s;

/**
 * Translates paths of the Windows machine on which the client runs. A missing path is refused if the engine would
 * make a folder in its own distro, or report an error about a path that the user has never written.
 */
export function windowsHostPaths(
  { translateText, files, engineHas, engineDistro, resolveWorkspacePath }: WindowsHostPathsOptions,
): TranslatePath {
  return (source, use, signal) => {
    const file = distroFile(source);
    const isOther = file !== undefined && file.distro.toLowerCase() !== engineDistro().toLowerCase();
    if (isOther && resolveWorkspacePath !== undefined) {
      return resolveWorkspacePath(file.distro, file.path, use, signal);
    }
    const translated = translateText(source);
    if (typeof translated === "object") return translated;
    const text = translated ?? source;
    if (!text.startsWith("/")) return translated;
    const path = cleanAbsolutePath(text);
    // Sent by containers and tools that repeat what the engine has told them.
    const [, name, inside] = WORKSPACE_REGEXP.exec(path) ?? [];
    if (name !== undefined && resolveWorkspacePath !== undefined) {
      return resolveWorkspacePath(name, inside ?? "/", use, signal);
    }
    if (ENGINE_SOCKET_NAMES.includes(path)) return translated;
    const reserved = reservedPath(path);
    if (reserved !== undefined) return reserved;
    if (use === "later") return translated;
    const drive = DRIVE_FOLDER_REGEXP.exec(path);
    // The engine makes a missing folder on a drive, where the user finds it.
    if (drive !== null && use === "create") return translated;
    if (drive !== null) return unlessMissing(onWindows(drive[1]!, drive[2] ?? "/"));
    return unlessEngineLacks(path);

    async function unlessMissing(path: string): Promise<TranslatedPath> {
      try {
        await files.readLink(path, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Deno.errors.NotFound) return { refused: SOURCE_MISSING };
        if (error instanceof FileSystemSilent) {
          const seconds = RELAY_LIMITS.fileSystemMilliseconds / 1000;
          return { refused: `its drive did not answer within ${seconds} s` };
        }
        // The engine says what is wrong with it.
      }
      return translated;
    }

    async function unlessEngineLacks(path: string): Promise<TranslatedPath> {
      if (await engineHas(path, signal)) return translated;
      return {
        refused:
          `the engine's own system has no '${path}'; write a path of this machine, such as 'C:\\folder', or use a volume`,
      };
    }
  };
}

/** A path of the distro on a drive, as Windows writes it. */
function onWindows(letter: string, rest: string): string {
  return `${letter.toUpperCase()}:${rest.replaceAll("/", "\\")}`;
}
