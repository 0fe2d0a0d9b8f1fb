import { RELAY_LIMITS } from "../relay_limits.ts";
import { FileSystemSilent, type LinkReader } from "./resolve_links.ts";

/** Reads the link at a path; see {@linkcode LinkReader}. */
type Lookup = (path: string) => Promise<string | null>;

/**
 * Looks up paths on this machine, where a file system may hang for ever, for example after its server is gone. Each
 * hanging lookup occupies a thread of the process, and threads are few: a path has at most one lookup at a time, and
 * while too many of them hang, no other is started.
 */
export class PatientFiles implements LinkReader {
  readonly #pending = new Map<string, Promise<string | null>>();
  readonly #hanging = new Set<string>();
  readonly #lookUp: Lookup;
  readonly #milliseconds: number;

  /** Tests replace both. */
  constructor(lookUp: Lookup = readLinkOrNull, milliseconds: number = RELAY_LIMITS.fileSystemMilliseconds) {
    this.#lookUp = lookUp;
    this.#milliseconds = milliseconds;
  }

  /** @throws {FileSystemSilent} If there is no answer in time; the signal's reason; what the file system says. */
  async readLink(path: string, signal: AbortSignal): Promise<string | null> {
    signal.throwIfAborted();
    const answer = this.#pending.get(path) ?? this.#start(path);
    const silent = Promise.withResolvers<never>();
    const abort = () => silent.reject(signal.reason);
    const timer = setTimeout(() => {
      if (this.#pending.has(path)) this.#hanging.add(path);
      silent.reject(new FileSystemSilent(path));
    }, this.#milliseconds);
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([answer, silent.promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  #start(path: string): Promise<string | null> {
    if (this.#hanging.size >= RELAY_LIMITS.hangingLookups) throw new FileSystemSilent(path);
    const answer = this.#lookUp(path).finally(() => {
      this.#pending.delete(path);
      this.#hanging.delete(path);
    });
    answer.catch(() => {}); // nobody may be waiting any more
    this.#pending.set(path, answer);
    return answer;
  }
}

async function readLinkOrNull(path: string): Promise<string | null> {
  const { isSymlink } = await Deno.lstat(path);
  return isSymlink ? await Deno.readLink(path) : null;
}
