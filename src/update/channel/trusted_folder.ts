import { createHash } from "node:crypto";
import { join } from "node:path";
import { removeTree } from "../../files/remove_tree.ts";
import { replaceFile } from "../../files/replace_file.ts";
import { writeError } from "../../files/file_errors.ts";
import type { Log } from "../../logging/log.ts";
import {
  isSameChannel,
  parseVersionRecord,
  raisedRecord,
  recordOfRoot,
  versionOf,
  type VersionRecord,
} from "./version_record.ts";

const FILES = ["root.json", "timestamp.json", "snapshot.json", "targets.json"] as const;

/** What the trust of a client is kept in. */
export interface TrustedFolderOptions {
  /** Folder of the metadata. The record of versions lies beside it, so that it survives the folder. */
  readonly directory: string;
  /** The root.json that the program carries. */
  readonly root: Uint8Array;
  readonly log: Log;
}

/**
 * The metadata that was trusted last, changed only as a whole file at a time and only after it was verified: work is done
 * on in a scratch copy. What is damaged is taken from the program again, and never leads to older versions.
 */
export class TrustedFolder {
  readonly #seed: string;
  readonly #embedded: string;

  constructor(private readonly options: TrustedFolderOptions) {
    this.#embedded = new TextDecoder().decode(options.root);
    this.#seed = createHash("sha256").update(options.root).digest("hex");
  }

  get #recordPath(): string {
    return `${this.options.directory}.versions.json`;
  }

  /** A copy to work in, next to the files; the copy of a run that was killed is removed. */
  async openScratch(): Promise<ScratchFolder> {
    const path = join(this.options.directory, "scratch");
    await removeTree(path);
    await Deno.mkdir(path, { recursive: true, mode: 0o700 }).catch((error) => {
      throw writeError(path, error);
    });
    for (const name of FILES) {
      const text = await this.#read(name);
      if (text !== null) await writeScratch(path, name, text);
    }
    // Without a record that names our root, a root.json could be of any channel.
    const isOurs = (await this.#readRecord())?.seed === this.#seed;
    if (!isOurs || await this.#read("root.json") === null) await this.reseed(path);
    return { path, [Symbol.asyncDispose]: () => removeTree(path) };
  }

  /** Puts the root that the program carries into a scratch copy: the walk to the newest begins there again. */
  async reseed(scratch: string): Promise<void> {
    await writeScratch(scratch, "root.json", this.#embedded);
  }

  /**
   * Takes over all that was verified in a scratch copy.
   *
   * @throws {WindlassError} `WL_UPDATE_REJECTED` when it is older than what was trusted before.
   */
  async adopt(scratch: string, channel: string): Promise<void> {
    const texts = new Map<string, string>();
    for (const name of FILES) texts.set(name, await Deno.readTextFile(join(scratch, name)));
    const fresh = recordOfRoot(texts.get("root.json")!, this.#seed);
    const versions = {
      root: fresh.versions.root,
      timestamp: versionOf(texts.get("timestamp.json")!),
      snapshot: versionOf(texts.get("snapshot.json")!),
      targets: versionOf(texts.get("targets.json")!),
    };
    const raised = raisedRecord(await this.#recordBefore(), { ...fresh, versions }, channel);
    for (const [name, text] of texts) await this.#write(name, text);
    await this.#writeRecord(raised);
  }

  /**
   * Takes over the root alone, of a scratch copy in which something else was refused: anyone who signs with a key that
   * the root has taken back must not be believed because the rest was missing.
   */
  async adoptRoot(scratch: string): Promise<void> {
    const text = await Deno.readTextFile(join(scratch, "root.json"));
    const fresh = recordOfRoot(text, this.#seed);
    const before = await this.#recordBefore();
    if (fresh.versions.root <= before.versions.root) return;
    const rootKeys = [...new Set([...before.rootKeys, ...fresh.rootKeys])].sort();
    await this.#write("root.json", text);
    // The keys of timestamp and snapshot stay those of the versions that were seen with them.
    await this.#writeRecord({
      ...before,
      rootKeys,
      versions: { ...before.versions, root: fresh.versions.root },
    });
  }

  /** A release.json that was verified before; `null` when there is none. The caller checks its hash. */
  async readRelease(target: string): Promise<Uint8Array | null> {
    return await Deno.readFile(join(this.options.directory, `release.${target}`)).catch(() => null);
  }

  async writeRelease(target: string, bytes: Uint8Array): Promise<void> {
    await this.#write(`release.${target}`, new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  }

  async #write(name: string, text: string): Promise<void> {
    if (await this.#read(name) !== text) await replaceFile(join(this.options.directory, name), text);
  }

  async #read(name: string): Promise<string | null> {
    return await Deno.readTextFile(join(this.options.directory, name)).catch(() => null);
  }

  async #recordBefore(): Promise<VersionRecord> {
    const own = recordOfRoot(this.#embedded, this.#seed);
    const record = await this.#readRecord();
    if (record === null) return own;
    if (isSameChannel(record, own)) {
      return { ...record, rootKeys: [...new Set([...record.rootKeys, ...own.rootKeys])] };
    }
    this.options.log("warn", "update.metadata.other-channel");
    return own;
  }

  async #readRecord(): Promise<VersionRecord | null> {
    const text = await Deno.readTextFile(this.#recordPath).catch(() => null);
    return text === null ? null : parseVersionRecord(text);
  }

  async #writeRecord(record: VersionRecord): Promise<void> {
    const text = `${JSON.stringify(record)}\n`;
    if (await Deno.readTextFile(this.#recordPath).catch(() => null) !== text) {
      await replaceFile(this.#recordPath, text);
    }
  }
}

async function writeScratch(scratch: string, name: string, text: string): Promise<void> {
  await Deno.writeTextFile(join(scratch, name), text).catch((error) => {
    throw writeError(join(scratch, name), error);
  });
}

/** A copy of the metadata that goes when it is disposed. */
export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}
