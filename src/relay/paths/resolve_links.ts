import { cleanAbsolutePath } from "./clean_path.ts";

/** The file system does not answer in time. */
export class FileSystemSilent extends Error {}

/** The part of a file system that {@linkcode resolveLinks} uses. */
export interface LinkReader {
  /** Where the link points; `null` if the path exists and is not a link. Throws as `Deno.lstat` does. */
  readLink(path: string, signal: AbortSignal): Promise<string | null>;
}

/** Where a path leads. Every `path` is absolute and clean; links in it are followed as far as could be seen. */
export type ResolvedPath =
  | { readonly kind: "found"; readonly path: string }
  /** Its last parts do not exist, and they are not part of a link's target. */
  | { readonly kind: "missing"; readonly path: string }
  /** It leads into one of the folders that are not searched. */
  | { readonly kind: "elsewhere"; readonly path: string }
  /** A link on the way leads to `target`, which does not exist. */
  | { readonly kind: "dangling"; readonly path: string; readonly link: string; readonly target: string }
  | { readonly kind: "loop"; readonly path: string }
  /** `file` stands where a folder is needed. */
  | { readonly kind: "not-a-folder"; readonly path: string; readonly file: string }
  | { readonly kind: "silent"; readonly path: string; readonly at: string }
  /** The file system refuses access. */
  | { readonly kind: "unreadable"; readonly path: string };

/** As many as the kernel follows (MAXSYMLINKS). */
const LINKS_ON_THE_WAY = 40;

/**
 * Follows a path part by part as the kernel does: links wherever they are, the last part included, and `..` from
 * where a link has led.
 *
 * @param path An absolute path.
 * @param options `elsewhere`: folders that are not searched.
 */
export async function resolveLinks(
  path: string,
  files: LinkReader,
  options: { readonly elsewhere: readonly string[]; readonly signal: AbortSignal },
): Promise<ResolvedPath> {
  /** Parts still to go, the next one last. */
  const parts = partsOf(path);
  let at = "";
  let links = 0;
  /** The outermost link whose target is being followed, and how many parts are left after that target. */
  let link: { readonly path: string; readonly left: number } | undefined;
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (link !== undefined && parts.length < link.left) link = undefined;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      at = at.slice(0, Math.max(at.lastIndexOf("/"), 0));
      continue;
    }
    const next = `${at}/${part}`;
    const rest = () => cleanAbsolutePath([next, ...parts.toReversed()].join("/"));
    if (options.elsewhere.includes(next)) return { kind: "elsewhere", path: rest() };
    let target: string | null;
    try {
      target = await files.readLink(next, options.signal);
    } catch (error) {
      options.signal.throwIfAborted();
      const path = rest();
      if (error instanceof FileSystemSilent) return { kind: "silent", path, at: next };
      if (error instanceof Deno.errors.NotADirectory) return { kind: "not-a-folder", path, file: at };
      if (!(error instanceof Deno.errors.NotFound)) return { kind: "unreadable", path };
      if (link === undefined) return { kind: "missing", path };
      return { kind: "dangling", path, link: link.path, target: next };
    }
    if (target === null) {
      at = next;
      continue;
    }
    if (++links > LINKS_ON_THE_WAY) return { kind: "loop", path: rest() };
    link ??= { path: next, left: parts.length };
    parts.push(...partsOf(target));
    if (target.startsWith("/")) at = "";
  }
  return { kind: "found", path: at === "" ? "/" : at };
}

function partsOf(path: string): string[] {
  return path.split("/").reverse();
}
