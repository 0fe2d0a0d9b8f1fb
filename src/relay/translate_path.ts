/** The engine's own socket, in its distro. */
export const ENGINE_SOCKET = "/run/docker.sock";

/** A host path that no container of this engine can have. */
export interface RefusedPath {
  /** Ends the sentence "Cannot mount '<path>': ", with what to do instead. No final period. */
  readonly refused: string;
}

/**
 * The engine's name for a path of the client's machine; `undefined` if the text is to stay as it is (a
 * volume's name, a path that the engine knows already); a {@linkcode RefusedPath} if the request must not reach
 * the engine, which could only misunderstand it. Pure, and translating a result again changes nothing.
 */
export type TranslatePath = (source: string) => string | RefusedPath | undefined;

/** The whole sentence that a client gets to read. */
export function refusalMessage(source: string, { refused }: RefusedPath): string {
  return `Cannot mount '${source}': ${refused}`;
}
