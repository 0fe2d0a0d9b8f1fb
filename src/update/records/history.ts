import { z } from "zod";
import { replaceFile } from "../../files/replace_file.ts";
import { readTextIfPresent } from "../../files/if_present.ts";
import { shortReason, UPDATE_LIMITS } from "../limits.ts";

/** What is recorded about a change when it is over. */
const EVENTS = ["updated", "went back", "undone", "unfit", "skipped", "pinned", "unpinned"] as const;

const EntrySchema = z.object({
  at: z.iso.datetime(),
  event: z.enum(EVENTS),
  /** The version that it is about; absent when a pin is taken back. */
  version: z.string().max(64).optional(),
  /** The version that ran before. */
  from: z.string().max(64).optional(),
  by: z.enum(["user", "auto"]),
  reason: z.string().max(1_024).optional(),
  /** The change that it is the end of. */
  change: z.uuid().optional(),
});

/** One line of the history. */
export type HistoryEntry = Readonly<z.output<typeof EntrySchema>>;

/** What has been done. */
export interface HistoryStore {
  /** Oldest first; lines that are damaged are left out. */
  read(): Promise<HistoryEntry[]>;
  /** On disk when this resolves. The end of a change is recorded once, however often it is added. */
  add(entry: HistoryEntry): Promise<void>;
}

/** The history in a file, bounded. Only the holder of the home's lock adds to it. */
export function historyFile(path: string): HistoryStore {
  const read = async () => parseHistory(await readTextIfPresent(path) ?? "");
  return {
    read,
    async add(entry) {
      const entries = await read();
      const isThere = entries.some(({ change, event }) =>
        change !== undefined && change === entry.change && event === entry.event
      );
      if (!isThere) await replaceFile(path, formatHistory([...entries, entry]));
    },
  };
}

/** The entries of a history's text. Pure. */
export function parseHistory(text: string): HistoryEntry[] {
  return text.split("\n").flatMap((line) => {
    if (line === "" || line.length > UPDATE_LIMITS.historyLineBytes) return [];
    try {
      return [EntrySchema.parse(JSON.parse(line))];
    } catch {
      return []; // a line of a newer version, or a damaged one: the others count
    }
  });
}

/** The text of a history, the newest entries of it. Pure. */
export function formatHistory(entries: readonly HistoryEntry[]): string {
  return entries.slice(-UPDATE_LIMITS.historyLines).map((entry) => {
    const reason = entry.reason === undefined ? {} : { reason: shortReason(entry.reason) };
    return `${JSON.stringify({ ...entry, ...reason })}\n`;
  }).join("");
}
