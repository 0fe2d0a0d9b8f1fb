import { z } from "zod";
import { errorText } from "../errors/error_text.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { readTextIfPresent, removeIfPresent } from "../files/if_present.ts";
import { replaceFile } from "../files/replace_file.ts";
import { systemReason } from "../files/file_errors.ts";
import type { Log } from "../logging/log.ts";
import type { DistroNames } from "./distro_names.ts";

const EngineSchema = z.looseObject({
  /** Which content was imported, completely; `null` while the distro is being imported or removed. */
  rootfsId: z.string().min(1).nullable(),
  /** When that began. */
  importedAt: z.iso.datetime(),
});

const DataSchema = z.looseObject({
  /**
   * `importing`: written before the import, so nobody has ever used the distro. `ready`: may hold the user's
   * data. `removing`: the user has asked for its end.
   */
  state: z.enum(["importing", "ready", "removing"]),
  since: z.iso.datetime(),
});

/** What later versions add is kept: they may come back, and so may an earlier one. */
const RecordSchema = z.looseObject({
  format: z.literal(2),
  /** By name of the distro; one without an entry does not exist, unless the record was lost. */
  engines: z.record(z.string(), EngineSchema),
  data: DataSchema.nullable(),
});

/** Before engines were imported beside each other there was one, with the first of today's names. */
const FormerSchema = z.strictObject({
  format: z.literal(1),
  engine: z.strictObject({ rootfsId: z.string().min(1), importedAt: z.iso.datetime() }).nullable(),
  data: DataSchema.nullable(),
});

/** What is known of an engine distro. */
export type EngineRecord = Readonly<Pick<z.output<typeof EngineSchema>, "rootfsId" | "importedAt">>;
/** What is known of the data distro. */
export type DataRecord = Readonly<Pick<z.output<typeof DataSchema>, "state" | "since">>;
type RecordContent = Readonly<z.output<typeof RecordSchema>>;

const NOTHING: RecordContent = { format: 2, engines: {}, data: null };

/**
 * What this instance has imported, kept in one small file. One process at a time has it open: the one that
 * holds the lock of the host. Changes are on disk when their promise resolves, and take effect one after another.
 */
export interface DistroRecord {
  /** By name of the distro. */
  readonly engines: Readonly<Record<string, EngineRecord>>;
  readonly data: DataRecord | null;
  /** Replaces the entry of that engine distro; `null` removes it. */
  setEngine(name: string, engine: EngineRecord | null): Promise<void>;
  setData(data: DataRecord | null): Promise<void>;
  /** Removes the file; for the end of an uninstallation. */
  remove(): Promise<void>;
}

/**
 * Reads the record. A missing or damaged file is an empty record: the engine distro is then imported again, and
 * the data distro is inspected before it is used, so that no data depends on this file.
 *
 * @param names The instance's distros; a file from before there were two engines names none.
 * @throws {WindlassError} `WL_HOME_INVALID` when there is a file that cannot be read.
 */
export async function openDistroRecord(path: string, names: DistroNames, log: Log): Promise<DistroRecord> {
  return new FileRecord(path, await readRecord(path, names, log));
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

  get engines(): Readonly<Record<string, EngineRecord>> {
    return this.#content.engines;
  }

  get data(): DataRecord | null {
    return this.#content.data;
  }

  setEngine(name: string, engine: EngineRecord | null): Promise<void> {
    return this.#change((content) => {
      const { [name]: _, ...others } = content.engines;
      return { ...content, engines: engine === null ? others : { ...others, [name]: engine } };
    });
  }

  setData(data: DataRecord | null): Promise<void> {
    return this.#change((content) => ({ ...content, data }));
  }

  remove(): Promise<void> {
    return this.#queue(async () => {
      await removeIfPresent(this.#path);
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

async function readRecord(path: string, names: DistroNames, log: Log): Promise<RecordContent> {
  let text: string | undefined;
  try {
    text = await readTextIfPresent(path);
  } catch (error) {
    throw new WindlassError("WL_HOME_INVALID", `Cannot read '${path}': ${systemReason(error)}`, {
      cause: error,
    });
  }
  if (text === undefined) return NOTHING;
  try {
    return parseRecord(JSON.parse(text), names);
  } catch (error) {
    log("warn", "distro.record.damaged", {
      path,
      reason: errorText(error),
    });
    return NOTHING;
  }
}

function parseRecord(value: unknown, names: DistroNames): RecordContent {
  const former = FormerSchema.safeParse(value);
  if (!former.success) return RecordSchema.parse(value);
  const { engine, data } = former.data;
  return { ...NOTHING, engines: engine === null ? {} : { [names.engines[0]]: engine }, data };
}
