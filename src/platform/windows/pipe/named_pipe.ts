import { WindlassError } from "../../../errors/windlass_error.ts";
import type { Listener } from "../../listener.ts";
import { createPipe, type PipeIdentity, pipeIdentity } from "./create_pipe.ts";
import { NT_STATUS, statusName } from "../nt_status.ts";
import { OpenPipeInstance, type PipeInstance } from "./pipe_instance.ts";
import { PipeListener } from "./pipe_listener.ts";
import { findPipeOwner } from "./pipe_owner.ts";
import { createSecurityDescriptor, currentUserSid, pipeSecurityDescriptor } from "./pipe_security.ts";

/** How {@linkcode listenNamedPipe} goes about it. */
export interface NamedPipeOptions {
  /**
   * Whether to find out who owns the name if it is taken. That connects to the other program once, so who tries
   * again and again switches it off after the first time.
   *
   * @default true
   */
  readonly findOwner?: boolean;
}

const PREFIX = "\\\\.\\pipe\\";
/** What Windows allows for the whole name, in characters. */
const NAME_CHARACTERS = 256;

/**
 * Listens on a named pipe of this machine, of which this process is the only owner. Only this user, SYSTEM and the
 * administrators can connect, and no other machine. Each direction of a connection can end on its own.
 *
 * @param name without `\\.\pipe\`, such as `docker_engine`
 * @throws {WindlassError} `WL_SOCKET_BUSY` if another process has the name; `WL_SOCKET_UNUSABLE` if the name is not
 * possible or Windows refuses; `WL_INTERNAL` if Windows does not tell who we are.
 * @example
 * ```ts
 * using listener = await listenNamedPipe("windlass_engine");
 * ```
 */
export function listenNamedPipe(name: string, options: NamedPipeOptions = {}): Promise<Listener> {
  // Nothing here waits; a failure is a rejection all the same, as it is with unix sockets.
  return new Promise((resolve) => resolve(listen(name, options)));
}

function listen(name: string, options: NamedPipeOptions): Listener {
  const address = `${PREFIX}${name}`;
  if (name === "" || name.includes("\\") || address.length > NAME_CHARACTERS) {
    throw new WindlassError("WL_SOCKET_UNUSABLE", `Cannot listen on '${address}': the name is not valid`);
  }
  const descriptor = createSecurityDescriptor(pipeSecurityDescriptor(currentUserSid()));
  const identity = pipeIdentity(name, descriptor.pointer);
  try {
    const first = createInstance(identity, { first: true });
    if (typeof first === "number") throw refused(address, first, options);
    const next = () => createInstance(identity, { first: false });
    return new PipeListener(address, first, next, () => descriptor[Symbol.dispose]());
  } catch (error) {
    descriptor[Symbol.dispose]();
    throw error;
  }
}

function createInstance(identity: PipeIdentity, options: { readonly first: boolean }): PipeInstance | number {
  const { status, handle } = createPipe(identity, options);
  return status === NT_STATUS.SUCCESS ? new OpenPipeInstance(handle) : status;
}

function refused(address: string, status: number, options: NamedPipeOptions): WindlassError {
  // The kernel's answer to "make this name": it exists already, or its owner lets nobody else make instances.
  if (status !== NT_STATUS.ACCESS_DENIED) {
    const state = `Windows refuses it (${statusName(status)})`;
    return new WindlassError("WL_SOCKET_UNUSABLE", `Cannot listen on '${address}': ${state}`);
  }
  const owner = options.findOwner === false ? null : findPipeOwner(address);
  const name = owner === null ? "" : `, ${owner.executable ?? "process"} (${owner.processId})`;
  return new WindlassError(
    "WL_SOCKET_BUSY",
    `Cannot listen on '${address}': another program owns it${name}`,
    {
      remedy: "End that program, or stop it from serving this pipe.",
    },
  );
}
