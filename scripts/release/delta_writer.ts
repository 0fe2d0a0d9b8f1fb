import { hashFile } from "../build/compressed_component.ts";
import { runTool } from "../build/run_tool.ts";
import {
  type ContentName,
  DELTA_PARTS,
  type DeltaPart,
  encodeDeltaHeader,
  type PartLengths,
} from "../../src/update/delta/delta_header.ts";
import { DELTA_WINDOW_LOG } from "../../src/update/delta/delta_rules.ts";
import { type DeltaOperation, OperationEncoder } from "../../src/update/delta/delta_operations.ts";

/** Collects the operations of a delta in a work folder, neighbours joined, and writes the delta at the end. */
export class DeltaWriter implements Disposable {
  readonly #operations = new OperationEncoder();
  readonly #differences: Deno.FsFile;
  readonly #insertions: Deno.FsFile;
  /** Not written yet, since the next one may continue it. */
  #last: DeltaOperation | undefined;

  constructor(readonly work: string) {
    using opening = new DisposableStack();
    this.#differences = opening.use(openNew(`${work}/differences`));
    this.#insertions = opening.use(openNew(`${work}/insertions`));
    opening.move();
  }

  /** Bytes of the base as they are. */
  copy(offset: number, length: number): void {
    this.#push({ kind: "copy", offset, length });
  }

  /** As many bytes of the base as there are differences, with those added. */
  add(offset: number, differences: Uint8Array): void {
    this.#push({ kind: "add", offset, length: differences.length });
    writeAll(this.#differences, differences);
  }

  /** New bytes. */
  insert(bytes: Uint8Array): void {
    this.#push({ kind: "insert", length: bytes.length });
    writeAll(this.#insertions, bytes);
  }

  /** Writes the delta to `output`. Nothing can be added afterwards. */
  async finish(base: ContentName, result: ContentName, output: string, signal?: AbortSignal): Promise<void> {
    if (this.#last) this.#operations.push(this.#last);
    await Deno.writeFile(`${this.work}/operations`, this.#operations.bytes());
    const parts = {} as Record<DeltaPart, PartLengths>;
    for (const part of DELTA_PARTS) {
      const path = `${this.work}/${part}`;
      const command = [
        "zstd",
        "-q",
        "-f",
        "-19",
        `--zstd=wlog=${DELTA_WINDOW_LOG}`,
        path,
        "-o",
        `${path}.zst`,
      ];
      await runTool(command, signal ? { signal } : {});
      parts[part] = { raw: (await Deno.stat(path)).size, stored: (await Deno.stat(`${path}.zst`)).size };
    }
    using file = openNew(output);
    writeAll(file, encodeDeltaHeader({ base, result, parts }));
    for (const part of DELTA_PARTS) writeAll(file, await Deno.readFile(`${this.work}/${part}.zst`));
  }

  [Symbol.dispose](): void {
    this.#differences[Symbol.dispose]();
    this.#insertions[Symbol.dispose]();
  }

  #push(next: DeltaOperation): void {
    if (next.length === 0) return;
    const joined = this.#last && join(this.#last, next);
    if (this.#last && !joined) this.#operations.push(this.#last);
    this.#last = joined ?? next;
  }
}

/** Content's id and length, as a delta's header names it. */
export async function nameContent(path: string): Promise<ContentName> {
  const { digest, length } = await hashFile(path);
  return { id: digest, length };
}

/** One operation for two that follow each other, if the second continues where the first ends. */
function join(first: DeltaOperation, second: DeltaOperation): DeltaOperation | undefined {
  const length = first.length + second.length;
  if (first.kind === "insert" || second.kind === "insert") {
    return first.kind === second.kind ? { kind: "insert", length } : undefined;
  }
  if (first.kind !== second.kind || first.offset + first.length !== second.offset) return undefined;
  return { kind: first.kind, offset: first.offset, length };
}

function openNew(path: string): Deno.FsFile {
  return Deno.openSync(path, { write: true, create: true, truncate: true });
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}
