import { z } from "zod";
import { WindlassError } from "../errors/windlass_error.ts";
import { replaceFile } from "../files/replace_file.ts";
import { systemReason } from "../files/system_reason.ts";
import type { Log } from "../logging/log.ts";

const EngineSchema = z.strictObject({
  /** Which content was imported, completely. */
  rootfsId: z.string().min(1),
  importedAt: z.iso.datetime(),
});

const DataSchema = z.strictObject({
  /**
   * `importing`: written before the import, so nobody has ever used the distro. `ready`: may hold the user's
   * data. `removing`: the user has asked for its end.
   */
  state: z.enum(["importing", "ready", "removing"]),
  since: z.iso.datetime(),
});

const RecordSchema = z.strictObject({
  format: z.literal(1),
  engine: EngineSchema.nullable(),
  data: DataSchema.nullable(),
});

/** What is known of the imported engine distro. */
export type EngineRecord = Readonly<z.output<typeof EngineSchema>>;
/** What is known of the data distro. */
export type DataRecord = Readonly<z.output<typeof DataSchema>>;
type RecordContent = Readonly<z.output<typeof RecordSchema>>;

const NOTHING: RecordContent = { format: 1, engine: null, data: null };

/**
 * What this instance has imported, kept in one small file. One process at a time has it open: the one that
 * holds the lock of the host. Changes are on disk when their promise resolves, and take effect one after another.
 */
export interface DistroRecord {
  readonly engine: EngineRecord | null;
  readonly data: DataRecord | null;
  setEngine(engine: EngineRecord | null): Promise<void>;
  setData(data: DataRecord | null): Promise<void>;
  /** Removes the file; for the end of an uninstallation. */
  remove(): Promise<void>;
}

/**
 * Reads the record. A missing or damaged file is an empty record: the engine distro is then imported again, and
 * the data distro is looked into before it is used, so that no data depends on this file.
 *
 * @throws {WindlassError} `WL_HOME_INVALID` when there is a file that cannot be read.
 */
export async function openDistroRecord(path: string, log: Log): Promise<DistroRecord> {
  return new FileRecord(path, await readRecord(path, log));
}

class FileRecord implements DistroRecord {
  readonly #path: string;
  #content: RecordContent;
  /** The change under way; the next one waits for it, so that none overwrites another. */
  #changing: Promise<void> = Promise.resolve();

  constructor(path: string, content: RecordContent) {
    this.#path = path;
    this.#content = content;
  }

  get engine(): EngineRecord | null {
    return this.#content.engine;
  }

  get data(): DataRecord | null {
    return this.#content.data;
  }

  setEngine(engine: EngineRecord | null): Promise<void> {
    return this.#change((content) => ({ ...content, engine }));
  }

  setData(data: DataRecord | null): Promise<void> {
    return this.#change((content) => ({ ...content, data }));
  }

  remove(): Promise<void> {
    return this.#queue(async () => {
      await Deno.remove(this.#path).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
      this.#content = NOTHING;
    });
  }

  #change(change: (content: RecordContent) => RecordContent): Promise<void> {
    return this.#queue(async () => {
      const content = change(this.#content);
      await replaceFile(this.#path, JSON.stringify(content, null, 2) + "\n");
      this.#content = content;
    });
  }

  #queue(change: () => Promise<void>): Promise<void> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => {});
    return changed;
  }
}

async function readRecord(path: string, log: Log): Promise<RecordContent> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NOTHING;
    throw new WindlassError("WL_HOME_INVALID", `Cannot read '${path}': ${systemReason(error)}`, {
      cause: error,
    });
  }
  try {
    return RecordSchema.parse(JSON.parse(text));
  } catch (error) {
    log("warn", "distro.record.damaged", {
      path,
      reason: error instanceof Error ? error.message : String(error),
    });
    return NOTHING;
  }
}
