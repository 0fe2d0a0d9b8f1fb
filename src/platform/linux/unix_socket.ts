import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { ClientConnection, Listener } from "../listener.ts";
import { unixClient } from "./unix_client.ts";

/** The users that may connect. */
export interface UnixSocketOptions {
  /** Permission bits of the socket file; for the owner alone unless told otherwise. */
  readonly mode?: number;
  /** Owner and group of the socket file; those of this process unless told otherwise. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /**
   * A free path for a link that exists for a moment. With it the path of the socket is a secret: the kernel shows the path
   * by which a socket was bound to everybody in the network of its clients, and shows one through this link instead.
   */
  readonly alias?: string;
}

/** `sun_path` of Linux has 108 bytes, and the last is zero. */
const PATH_BYTES = 107;
const OWNER_ONLY = 0o600;
/** Enough that two sockets in one folder do not choose the same. */
const HIDDEN_NAME_LETTERS = 6;

/**
 * Listens on a unix socket, of which this process is the only owner. A socket file that a dead process has left
 * behind is replaced; one where somebody answers is not touched.
 *
 * @throws {WindlassError} `WL_SOCKET_PATH_TOO_LONG`; `WL_SOCKET_BUSY` if another process is listening there;
 * `WL_SOCKET_UNUSABLE` if the folder is missing or not writable, or another kind of file has that path.
 * @example
 * ```ts
 * using listener = await listenUnixSocket("/run/docker.sock", { mode: 0o660 });
 * ```
 */
export async function listenUnixSocket(path: string, options: UnixSocketOptions = {}): Promise<Listener> {
  const length = new TextEncoder().encode(path).length;
  if (length > PATH_BYTES) {
    const state = `its path has ${length} bytes, the limit is ${PATH_BYTES}`;
    throw new WindlassError("WL_SOCKET_PATH_TOO_LONG", `Cannot listen on ${path}: ${state}`);
  }
  const listener = bind(path, options);
  if (listener !== undefined) return listener;
  await removeStaleSocket(path);
  return bind(path, options) ?? throwBusy(path);
}

/**
 * Makes the socket under a name that nobody knows and links it to its own when it is ready: a client that finds it
 * there finds it with its owner and mode, and only one of many can win. `undefined` if something has that name already.
 */
function bind(path: string, { mode = OWNER_ONLY, owner, alias }: UnixSocketOptions): Listener | undefined {
  const hidden = hiddenName(path);
  let listener: Deno.UnixListener | undefined;
  try {
    // The runtime removes the file of this name at the listener's close, and would not look whose it is by then.
    listener = alias === undefined ? listenAt(hidden) : listenThrough(alias, hidden);
    if (owner !== undefined) Deno.chownSync(hidden, owner.uid, owner.gid);
    Deno.chmodSync(hidden, mode);
    Deno.linkSync(hidden, path);
    Deno.removeSync(hidden);
    return new UnixListener(path, listener);
  } catch (error) {
    listener?.close();
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw unusable(path, error);
  }
}

function listenAt(path: string): Deno.UnixListener {
  return Deno.listen({ transport: "unix", path });
}

/** Nothing else happens in this process while the link exists; a killed one may have left its own. */
function listenThrough(alias: string, path: string): Deno.UnixListener {
  const slash = path.lastIndexOf("/");
  removeLink(alias);
  Deno.symlinkSync(path.slice(0, slash), alias);
  try {
    return listenAt(`${alias}${path.slice(slash)}`);
  } finally {
    removeLink(alias);
  }
}

function removeLink(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A name in the same folder that is not longer than the socket's own, if that has a handful of letters. */
function hiddenName(path: string): string {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const length = Math.max(path.length - folder.length, HIDDEN_NAME_LETTERS);
  return `${folder}.${crypto.randomUUID()}`.slice(0, folder.length + length);
}

/**
 * Moves the file aside before it looks a second time, so that the fresh socket of a process that does the same
 * at this moment is noticed and put back, not removed.
 */
async function removeStaleSocket(path: string): Promise<void> {
  try {
    if (!Deno.lstatSync(path).isSocket) {
      throw new WindlassError(
        "WL_SOCKET_UNUSABLE",
        `Cannot listen on ${path}: the path is taken by a file that is not a socket`,
      );
    }
    if (await answers(path)) throwBusy(path);
    const aside = hiddenName(path);
    Deno.renameSync(path, aside);
    const taken = await answers(aside);
    if (taken) linkBack(aside, path);
    Deno.removeSync(aside);
    if (taken) throwBusy(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return; // its owner has just removed it
    if (error instanceof WindlassError) throw error;
    throw unusable(path, error);
  }
}

function linkBack(aside: string, path: string): void {
  try {
    Deno.linkSync(aside, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Whether a process listens there; one that we may not talk to counts. */
async function answers(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.NotFound);
  }
}

function throwBusy(path: string): never {
  throw new WindlassError("WL_SOCKET_BUSY", `Cannot listen on ${path}: another process is listening there`);
}

function unusable(path: string, cause: unknown): WindlassError {
  const state = cause instanceof Deno.errors.NotFound ? "its folder does not exist" : errorText(cause);
  return new WindlassError("WL_SOCKET_UNUSABLE", `Cannot listen on ${path}: ${state}`, { cause });
}

class UnixListener implements Listener {
  #closed = false;
  /** Tells our socket file from one that has taken its place; an inode's number alone is used again. */
  readonly #identity: string;

  constructor(readonly address: string, private readonly listener: Deno.UnixListener) {
    this.#identity = fileIdentity(address);
  }

  async accept(): Promise<ClientConnection | null> {
    if (this.#closed) return null;
    try {
      return unixClient(await this.listener.accept());
    } catch (error) {
      if (this.#closed) return null;
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // The name goes first: a process that starts now finds none, not one where nobody answers.
    this.#removeFile();
    this.listener.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #removeFile(): void {
    try {
      if (fileIdentity(this.address) === this.#identity) Deno.removeSync(this.address);
    } catch {
      // Removed already, or the folder is gone: there is nothing left to take away.
    }
  }
}

function fileIdentity(path: string): string {
  const { dev, ino, isSocket, mtime } = Deno.lstatSync(path);
  return [dev, ino, isSocket, mtime?.getTime()].join(" ");
}
