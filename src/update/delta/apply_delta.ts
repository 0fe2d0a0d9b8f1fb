import { BaseReader } from "./base_reader.ts";
import type { ContentSink } from "./content_sink.ts";
import { DeltaError, MAX_OPERATION_BYTES } from "./delta_rules.ts";
import {
  type ContentName,
  decodeDeltaHeader,
  DELTA_HEADER_BYTES,
  type DeltaHeader,
  type DeltaPart,
} from "./delta_header.ts";
import { OperationDecoder } from "./delta_operations.ts";
import { addBytes } from "./add_bytes.ts";
import { HashedOutput } from "./hashed_output.ts";
import { PartReader } from "./part_reader.ts";

/** From what a component is made, and how. */
export interface ApplyDeltaOptions {
  /** The delta's file, its bytes checked against what signed metadata say. */
  readonly delta: string;
  /** A file with the base's uncompressed bytes. */
  readonly base: string;
  /** sha256 of the base: the delta must be for just this one. */
  readonly from: string;
  /** What the result must be. */
  readonly result: ContentName;
  /** Where it goes. The caller opens and disposes it, and drops what was written if this fails. */
  readonly sink: ContentSink;
  readonly signal: AbortSignal;
  /** Bytes of the result so far. */
  readonly progress?: (bytes: number) => void;
}

/**
 * Makes a component out of an older one and a delta (`DELTA.md`). The bytes are in the sink before they are known to be right:
 * they are valid only if this resolves. Memory is a few megabytes in addition to what the sink takes, whatever the delta says.
 *
 * @throws {DeltaError} if the delta is damaged or for something else, or the result is not what it must be.
 * @throws What reading the base or writing the result failed with, or the signal's reason.
 *
 * @example
 * ```ts
 * await using sink = await openRawSink(target);
 * await applyDelta({ delta, base, from: atHand.id, result: { id, length }, sink, signal });
 * ```
 */
export async function applyDelta(options: ApplyDeltaOptions): Promise<void> {
  const header = await readHeader(options);
  await using operations = openPart(options.delta, header, "operations");
  await using differences = openPart(options.delta, header, "differences");
  await using insertions = openPart(options.delta, header, "insertions");
  using base = new BaseReader(await Deno.open(options.base));
  const application = new Application(options, header, base, differences, insertions);
  const decoder = new OperationDecoder();
  for (let piece; (piece = await operations.take(MAX_OPERATION_BYTES));) {
    for (const operation of decoder.read(piece)) {
      if (operation.kind === "insert") await application.insert(operation.length);
      else await application.fromBase(operation.kind, operation.offset, operation.length);
    }
  }
  decoder.end();
  await application.finish();
}

async function readHeader(options: ApplyDeltaOptions): Promise<DeltaHeader> {
  using file = await Deno.open(options.delta);
  const bytes = new Uint8Array(DELTA_HEADER_BYTES);
  let filled = 0;
  for (let count; filled < bytes.length && (count = await file.read(bytes.subarray(filled))) !== null;) {
    filled += count;
  }
  const header = decodeDeltaHeader(bytes.subarray(0, filled), (await file.stat()).size);
  if (header.base.id !== options.from) throw new DeltaError("it is for another base");
  const { id, length } = options.result;
  if (header.result.id !== id || header.result.length !== length) {
    throw new DeltaError("it is for another result");
  }
  return header;
}

function openPart(path: string, { parts }: DeltaHeader, part: DeltaPart): PartReader {
  const { operations, differences } = parts;
  const offsets: Record<DeltaPart, number> = {
    operations: DELTA_HEADER_BYTES,
    differences: DELTA_HEADER_BYTES + operations.stored,
    insertions: DELTA_HEADER_BYTES + operations.stored + differences.stored,
  };
  return new PartReader(part, path, offsets[part], parts[part]);
}

class Application {
  readonly #output: HashedOutput;
  /** Bytes of the result so far. */
  #made = 0;

  constructor(
    readonly options: ApplyDeltaOptions,
    readonly header: DeltaHeader,
    readonly base: BaseReader,
    readonly differences: PartReader,
    readonly insertions: PartReader,
  ) {
    this.#output = new HashedOutput(options.sink);
  }

  async fromBase(kind: "copy" | "add", offset: number, length: number): Promise<void> {
    if (offset < 0 || offset + length > this.header.base.length) {
      throw new DeltaError("it reads outside of its base");
    }
    this.#count(length);
    for (let done = 0; done < length;) {
      const room = this.#output.room(length - done);
      this.base.read(offset + done, room);
      if (kind === "add") await this.#add(room);
      done += room.length;
      if (this.#output.filled(room.length)) await this.#flush();
    }
  }

  async insert(length: number): Promise<void> {
    this.#count(length);
    for (let rest = length; rest > 0;) {
      const room = this.#output.room(rest);
      const bytes = this.insertions.takeHeld(room.length) ?? await this.insertions.take(room.length);
      if (bytes === undefined) throw new DeltaError("its insertions are cut short");
      room.set(bytes);
      rest -= bytes.length;
      if (this.#output.filled(bytes.length)) await this.#flush();
    }
  }

  async finish(): Promise<void> {
    if (this.#made !== this.header.result.length) throw new DeltaError("its result is too short");
    for (const part of [this.differences, this.insertions]) {
      if (await part.take(1) !== undefined) throw new DeltaError(`its ${part.part} are not fully used`);
    }
    if (await this.#output.finish() !== this.header.result.id) {
      throw new DeltaError("its result is wrong");
    }
  }

  async #add(target: Uint8Array): Promise<void> {
    for (let done = 0; done < target.length;) {
      const limit = target.length - done;
      const bytes = this.differences.takeHeld(limit) ?? await this.differences.take(limit);
      if (bytes === undefined) throw new DeltaError("its differences are cut short");
      addBytes(target, done, bytes);
      done += bytes.length;
    }
  }

  #count(length: number): void {
    this.#made += length;
    if (this.#made > this.header.result.length) throw new DeltaError("its result is too long");
  }

  async #flush(): Promise<void> {
    this.options.signal.throwIfAborted();
    await this.#output.flush();
    this.options.progress?.(this.#made);
  }
}
