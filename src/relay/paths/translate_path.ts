import { DOCKER_SOCKET } from "../../agent/protocol/distro_paths.ts";

/** The engine's own socket, in its distro. What connects there is served by a relay, as everywhere else. */
export const ENGINE_SOCKET = DOCKER_SOCKET;

/** A host path that no container of this engine can have. */
export interface RefusedPath {
  /** Ends the sentence "Cannot mount '<path>': ", with what to do instead. No final period. */
  readonly refused: string;
}

/**
 * The engine's name for a path of the client's machine; `undefined` if the text is to stay as it is (a
 * volume's name, a path that the engine knows already); a {@linkcode RefusedPath} if the request must not reach
 * the engine, which could only misunderstand it.
 */
export type TranslatedPath = string | RefusedPath | undefined;

/** Translates by the text of the path alone. Pure, and translating a result again changes nothing. */
export type TranslateText = (source: string) => TranslatedPath;

/**
 * What becomes of a path that does not exist:
 *
 * - `create`: the engine makes a folder there (`-v`, and mounts that ask for it);
 * - `require`: the engine refuses the request (`--mount type=bind`);
 * - `later`: it is looked up when a container starts (volumes, services).
 */
export type PathUse = "create" | "require" | "later";

/**
 * Translates a path and looks up on the machine where its links lead and whether it exists. Rejects only with the
 * signal's reason.
 */
export type TranslatePath = (
  source: string,
  use: PathUse,
  signal: AbortSignal,
) => TranslatedPath | Promise<TranslatedPath>;

/**
 * Translates a path of a distro of the user's for a client outside of it; refuses it if Windlass is not switched on there.
 * Rejects only with the signal's reason.
 *
 * @param name The name of the distro, in any case.
 * @param path A clean absolute path of the distro, with its links.
 */
export type ResolveWorkspacePath = (
  name: string,
  path: string,
  use: PathUse,
  signal: AbortSignal,
) => Promise<string | RefusedPath>;

/** The words of dockerd, because clients search for them. */
export const SOURCE_MISSING = "bind source path does not exist";

/** The whole sentence that a client gets to read. */
export function refusalMessage(source: string, { refused }: RefusedPath): string {
  return `Cannot mount '${source}': ${refused}`;
}

/**
 * Whether a path exists in the engine's distro; with a `device` (`major:minor`), whether that is mounted there.
 * Rejects only with the signal's reason.
 */
export type EngineHas = (path: string, signal: AbortSignal, device?: string) => Promise<boolean>;
