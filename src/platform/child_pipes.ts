/**
 * The stdin and stdout of a child process as one stream, read and written by the operations that the runtime's own web
 * streams call. Only this file knows where the runtime keeps them; they are not part of its interface, so whatever is
 * not as expected means web streams instead. A message costs the host much less CPU without them (D-relay-15).
 */
import type { Duplex } from "../streams/duplex.ts";
import { processDuplex, type ProcessPipes } from "../streams/process_duplex.ts";

/** Read size where the caller brings no buffer: what a Linux pipe holds. */
const READ_BYTES = 65_536;

/** How a child's pipes are read and written. */
export type PipeAccess = "operations" | "streams";

/** A child's stdin and stdout as one stream. */
export interface ChildPipes {
  readonly link: Duplex;
  readonly access: PipeAccess;
}

/** The operations on pipes, each of which takes the number of a resource. */
export interface PipeOperations {
  /** Bytes that were read; 0 at the end. Rejects when the resource is closed meanwhile. */
  read(resource: number, buffer: Uint8Array): Promise<number>;
  /** Writes all bytes. Closing the resource does not end it. */
  writeAll(resource: number, bytes: Uint8Array): Promise<void>;
  /** Does nothing if it is closed already. */
  tryClose(resource: number): void;
  /** The open resources: their numbers, and what each is. */
  resources(): Readonly<Record<number, string>>;
}

/**
 * Takes the pipes of a child that was just started, and owns them, not the child. `close()` closes both, which most
 * children take as the end. The caller waits for the child.
 *
 * @example
 * ```ts
 * const child = new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn();
 * using link = openChildPipes(child).link;
 * ```
 */
export function openChildPipes({ stdin, stdout }: ProcessPipes): ChildPipes {
  const operations = findPipeOperations(Deno);
  const open = operations?.resources() ?? {};
  const input = resourceBehind(stdin, "childStdin", open);
  const output = resourceBehind(stdout, "childStdout", open);
  if (operations === null || input === null || output === null) {
    return { link: processDuplex({ stdin, stdout }), access: "streams" };
  }
  return { link: new OperatedPipes({ stdin, stdout }, operations, input, output), access: "operations" };
}

/** The operations of a runtime, or `null` if it does not have them all. */
export function findPipeOperations(runtime: object): PipeOperations | null {
  const key: unknown = Reflect.get(runtime, "internal");
  const internals: unknown = typeof key === "symbol" ? Reflect.get(runtime, key) : undefined;
  const core: unknown = isObject(internals) ? Reflect.get(internals, "core") : undefined;
  return hasPipeOperations(core) ? core : null;
}

/**
 * The number of the resource that a stream reads or writes: an object with it is a property of the stream, under a symbol.
 * `null` if no such property leads to an open resource of this kind.
 */
export function resourceBehind(
  stream: object,
  kind: string,
  open: Readonly<Record<number, string>>,
): number | null {
  for (const symbol of Object.getOwnPropertySymbols(stream)) {
    const backing: unknown = Reflect.get(stream, symbol);
    const resource: unknown = isObject(backing) ? Reflect.get(backing, "rid") : undefined;
    if (typeof resource === "number" && open[resource] === kind) return resource;
  }
  return null;
}

function hasPipeOperations(core: unknown): core is PipeOperations {
  return isObject(core) &&
    ["read", "writeAll", "tryClose", "resources"].every((name) =>
      typeof Reflect.get(core, name) === "function"
    );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

class OperatedPipes implements Duplex {
  readonly #operations: PipeOperations;
  readonly #input: number;
  readonly #output: number;
  /** Locks, so that nobody else uses the streams. They also keep the streams alive: the runtime closes the pipe of one
   * that is garbage collected. */
  readonly #locks: readonly { releaseLock(): void }[];
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  #failWrite: ((reason: Error) => void) | null = null;
  #writeClosed = false;
  #closed = false;

  constructor({ stdin, stdout }: ProcessPipes, operations: PipeOperations, input: number, output: number) {
    this.#operations = operations;
    this.#input = input;
    this.#output = output;
    this.#locks = [stdin.getWriter(), stdout.getReader()];
  }

  read(): Promise<Uint8Array | null> {
    return this.readInto(this.#buffer ??= new Uint8Array(READ_BYTES));
  }

  async readInto(buffer: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#closed) return null;
    let length: number;
    try {
      length = await this.#operations.read(this.#output, buffer);
    } catch (error) {
      if (this.#closed) return null; // close() interrupted it
      throw error;
    }
    return length === 0 ? null : buffer.subarray(0, length);
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#writeClosed) return Promise.reject(closedHere());
    return new Promise((resolve, reject) => {
      this.#failWrite = reject;
      this.#operations.writeAll(this.#input, bytes).then(resolve, reject);
    });
  }

  closeWrite(): Promise<void> {
    // The pipe itself is closed as soon as no write is under way.
    if (!this.#writeClosed) this.#operations.tryClose(this.#input);
    this.#writeClosed = true;
    return Promise.resolve();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#operations.tryClose(this.#output);
    this.closeWrite();
    this.#failWrite?.(closedHere()); // a child that does not read would keep it waiting
    for (const lock of this.#locks) lock.releaseLock();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function closedHere(): Error {
  return new Deno.errors.BrokenPipe("it was closed here");
}
