/** The host part of a bind such as `C:\data:/data:ro`, and all that follows it, colon included. */
export interface BindText {
  readonly source: string;
  /** `:/data:ro`; begins with a colon and is never changed. */
  readonly rest: string;
}

/** `\\\\?\\` and `\\\\.\\`, with slashes as well, and `\\??\\`. */
const DEVICE_PREFIX_REGEXP = /^(?:(?:\\\\|\/\/)[?.]|[\\/]\?\?)[\\/]/;
/** Full-width letters are not a drive, but are meant as one. */
const DRIVE_PATH_REGEXP = /^[A-Za-z\uff21-\uff3a\uff41-\uff5a]:[\\/]/;
/** `C:data:/data`, `C::/data`: to the engine, the last part would be a mode, and no mode begins with a slash. */
const DRIVE_RELATIVE_REGEXP = /^([A-Za-z]:[^\\/:][^:]*|[A-Za-z]:):\//;
/** Where the colon of `C:` stands. */
const DRIVE_LENGTH = 2;

/**
 * Divides one entry of `HostConfig.Binds` as the engine would, but understands Windows sources too, whose
 * drive has a colon of its own.
 *
 * @returns `undefined` if the entry names no source, as `/data` does.
 * @example `splitBind("C:\\data:/data:ro")` is `{ source: "C:\\data", rest: ":/data:ro" }`.
 */
export function splitBind(bind: string): BindText | undefined {
  const colon = sourceEnd(bind);
  return colon <= 0 ? undefined : { source: bind.slice(0, colon), rest: bind.slice(colon) };
}

function sourceEnd(bind: string): number {
  const prefix = DEVICE_PREFIX_REGEXP.exec(bind)?.[0].length ?? 0;
  if (DRIVE_PATH_REGEXP.test(bind.slice(prefix))) {
    const end = bind.indexOf(":", prefix + DRIVE_LENGTH);
    // `c:/y` and `c:/y:ro` mount the volume "c": what follows a drive path is always an absolute path.
    return end >= 0 && bind[end + 1] === "/" ? end : bind.indexOf(":");
  }
  if (bind.startsWith("\\\\")) {
    // A path such as \\server\share may hold a colon; the engine's part always begins with a slash.
    const end = bind.indexOf(":/");
    return end >= 0 ? end : bind.indexOf(":");
  }
  return DRIVE_RELATIVE_REGEXP.exec(bind)?.[1]?.length ?? bind.indexOf(":");
}
