import { z } from "zod";
import { errorText } from "../errors/error_text.ts";
import { readTextIfPresent, removeIfPresent } from "../files/if_present.ts";
import { replaceFile } from "../files/replace_file.ts";
import type { Log } from "../logging/log.ts";

const Entry = z.looseObject({
  /** Where the distro's disk is, which tells it from another one of its name; `null` where WSL does not say. */
  directory: z.string().nullable(),
  /** Name of the folder of its socket: 32 hexadecimal digits. */
  token: z.string().regex(/^[0-9a-f]{32}$/),
  /** Owner, group and permission bits of its socket. */
  uid: z.int().min(0),
  gid: z.int().min(0),
  mode: z.int().min(0).max(0o777),
  /** Where it has the drives: `/mnt/`. */
  automountRoot: z.string().startsWith("/").endsWith("/"),
  /**
   * `placing`: written before the first file, so whatever is there is ours to complete. `placed`: complete.
   * `removing`: not enabled any more, and files may be left.
   */
  state: z.enum(["placing", "placed", "removing"]),
  since: z.iso.datetime(),
  /** Which Windlass has placed the files; one that follows it replaces them. */
  version: z.string(),
  /** What is placed, as the tool keeps it in the distro. */
  manifest: z.array(z.unknown()),
});

const Content = z.looseObject({ format: z.literal(1), workspaces: z.record(z.string(), Entry) });

/** What is known of one workspace. */
export type WorkspaceEntry = Readonly<
  Pick<
    z.output<typeof Entry>,
    | "directory"
    | "token"
    | "uid"
    | "gid"
    | "mode"
    | "automountRoot"
    | "state"
    | "since"
    | "version"
    | "manifest"
  >
>;

/**
 * The distros of the user's in which this instance has placed files, kept in one small file. Changes are on disk when
 * their promise resolves, and take effect one after another.
 */
export class WorkspaceRecord {
  readonly #path: string;
  #content: z.output<typeof Content>;
  /** The change under way; the next one waits for it, so that none overwrites another. */
  #changing: Promise<void> = Promise.resolve();

  private constructor(path: string, content: z.output<typeof Content>) {
    this.#path = path;
    this.#content = content;
  }

  /**
   * Reads the record. A missing or damaged file is an empty record: what the distros have is then found by checks.
   */
  static async open(path: string, log: Log): Promise<WorkspaceRecord> {
    const nothing = { format: 1 as const, workspaces: {} };
    try {
      const text = await readTextIfPresent(path);
      return new WorkspaceRecord(path, text === undefined ? nothing : Content.parse(JSON.parse(text)));
    } catch (error) {
      log("warn", "workspaces.record.damaged", { path, reason: errorText(error) });
      return new WorkspaceRecord(path, nothing);
    }
  }

  /** By name of the distro. */
  get entries(): Readonly<Record<string, WorkspaceEntry>> {
    return this.#content.workspaces;
  }

  get(name: string): WorkspaceEntry | undefined {
    return Object.hasOwn(this.#content.workspaces, name) ? this.#content.workspaces[name] : undefined;
  }

  /** Replaces the entry of a distro; `null` removes it. The file goes with the last one. */
  set(name: string, entry: WorkspaceEntry | null): Promise<void> {
    const changed = this.#changing.then(async () => {
      const others = Object.entries(this.#content.workspaces).filter(([other]) => other !== name);
      const entries = entry === null ? others : [...others, [name, entry] as const];
      const content = { ...this.#content, workspaces: Object.fromEntries(entries) };
      if (entries.length === 0) await removeIfPresent(this.#path);
      else await replaceFile(this.#path, `${JSON.stringify(content, null, 2)}\n`);
      this.#content = content;
    });
    this.#changing = changed.catch(() => {});
    return changed;
  }
}
