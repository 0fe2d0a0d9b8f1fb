/** A part of a path that other users could change: what keeps a folder from being the user's own. */
export interface Stranger {
  readonly path: string;
  /** The user id of its owner, if that is another user; otherwise others can write to it. */
  readonly owner?: number | undefined;
}
