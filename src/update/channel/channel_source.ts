/** A place that has the files of a channel: a server, a folder, a bundle. Nothing that it says is trusted. */
export interface ChannelSource {
  /** How messages and logs call it: its address without secrets. */
  readonly name: string;
  /**
   * Opens a file by its path in the channel folder; `null` when the source does not have it.
   *
   * @throws {WindlassError} `WL_UPDATE_UNREACHABLE` or `WL_UPDATE_STALLED` when the source does not answer,
   * `WL_UPDATE_BUNDLE_INVALID` when a bundle is not valid.
   */
  open(path: string, options: OpenFileOptions): Promise<ChannelFile | null>;
}

/** How to open a file of a channel. */
export interface OpenFileOptions {
  readonly signal: AbortSignal;
  /** Begins here if the source can, and if the file still is the one that the validator names. */
  readonly from?: ResumePoint;
}

/** Where an earlier read of a file ended. */
export interface ResumePoint {
  readonly offset: number;
  /** What the same source said of the file at that time; without it, the file is taken for unchanged. */
  readonly validator?: string;
}

/** A file that is being read. Disposing it ends the reading. */
export interface ChannelFile extends AsyncDisposable {
  /** Where the bytes begin: the offset that was asked for, or 0. */
  readonly offset: number;
  /** Bytes of the whole file, if the source knows. */
  readonly length?: number;
  /** Names the version of the file for {@linkcode ResumePoint}, if the source has such a thing. */
  readonly validator?: string;
  /** The next bytes; `null` at the end. Fails with `WL_UPDATE_STALLED` or `WL_UPDATE_UNREACHABLE`. */
  read(): Promise<Uint8Array | null>;
}
