import { z } from "zod";
import { replaceFile } from "../../files/replace_file.ts";
import { readTextIfPresent, removeIfPresent } from "../../files/if_present.ts";
import { EMBEDDED } from "../../payload/payload.ts";

/**
 * What a host that starts does about each state of the journal; `plan_recovery.ts` has one function for each. The
 * whole table is in PROCESS.md, and the tests that kill go through its keys.
 */
export const JOURNAL_STATES = {
  downloading: "resume-download",
  installing: "resume-download",
  preparing: "resume-preparation",
  ready: "stay-ready",
  switching: "settle",
  trial: "settle",
  confirming: "finish-confirmation",
  "rolling-back": "finish-rollback",
} as const;

/** A state of the journal. */
export type JournalState = keyof typeof JOURNAL_STATES;
/** What is done about one. */
export type RecoveryName = typeof JOURNAL_STATES[JournalState];

/** The person or rule that caused a change. */
export type ChangeAuthor = "user" | "auto";

/** {@linkcode EMBEDDED}, or the sha256 of the version's index. */
const VersionId = z.union([z.literal(EMBEDDED), z.string().regex(/^[0-9a-f]{64}$/)]);
const Text = z.string().max(1_024);

const CHANGE = {
  /** `update` to what a channel offers, `rollback` to the previous version on request. */
  kind: z.enum(["update", "rollback"]),
  /** Tells this change from all others, so that nothing is written into the history twice. */
  change: z.uuid(),
  by: z.enum(["user", "auto"]),
  since: z.iso.datetime(),
  /** Number of the version that is changed to. */
  version: Text,
  /** Whether the version that is left can read the data afterwards. */
  undo: z.boolean(),
  /** The version that is left, and the one that it could go back to. */
  from: z.strictObject({ id: VersionId, version: Text, previous: VersionId.nullable() }),
};

/** A container from before the switch. */
const Container = z.strictObject({
  id: Text,
  name: Text,
  /** Whether dockerd must start it again by itself. */
  restarts: z.boolean(),
});

const WITH_ID = { ...CHANGE, id: VersionId };
/** `null`: dockerd did not say. */
const WITH_CONTAINERS = {
  ...WITH_ID,
  /** When the engine was stopped. */
  switched: z.iso.datetime(),
  containers: z.array(Container).nullable(),
};

const JournalSchema = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("downloading"), ...CHANGE }),
  z.strictObject({ state: z.literal("installing"), ...CHANGE }),
  z.strictObject({ state: z.literal("preparing"), ...WITH_ID }),
  /** `consent`: it is to be installed at the next idle moment. */
  z.strictObject({ state: z.literal("ready"), ...WITH_ID, consent: z.boolean() }),
  z.strictObject({ state: z.literal("switching"), ...WITH_CONTAINERS }),
  /** `stopped`: the new host was asked to end before it had confirmed, so the guardian has nothing to guard. */
  z.strictObject({ state: z.literal("trial"), ...WITH_CONTAINERS, stopped: z.boolean() }),
  z.strictObject({ state: z.literal("confirming"), ...WITH_ID }),
  z.strictObject({ state: z.literal("rolling-back"), ...WITH_ID, reason: Text }),
]);

const FileSchema = z.strictObject({ format: z.literal(1), journal: JournalSchema });

/** What is being done. */
export type Journal = z.output<typeof JournalSchema>;
/** What every state says. */
export type Change = Pick<Journal, keyof typeof CHANGE>;
/** A change to a version that is in the store. */
export type InstalledChange = Change & { readonly id: string };
/** A container from before the switch. */
export type ContainerBefore = Readonly<z.output<typeof Container>>;
/** A change whose version `current.json` names, or is about to. */
export type SwitchedChange = InstalledChange & {
  /** When the engine was stopped, ISO 8601. */
  readonly switched: string;
  readonly containers: ContainerBefore[] | null;
};

/** What was found in the file; nothing is being done if there is none. */
export type FoundJournal = Journal | "damaged" | undefined;

/** The members that every state has, of any of them. Pure. */
export function changeOf({ kind, change, by, since, version, undo, from }: Change): Change {
  return { kind, change, by, since, version, undo, from };
}

/** As {@linkcode changeOf}, with the id of the version. Pure. */
export function installedChangeOf(journal: InstalledChange): InstalledChange {
  return { ...changeOf(journal), id: journal.id };
}

/** As {@linkcode installedChangeOf}, with what was current before the switch. Pure. */
export function switchedChangeOf(journal: SwitchedChange): SwitchedChange {
  const { switched, containers } = journal;
  return { ...installedChangeOf(journal), switched, containers };
}

/** The text of a journal file. Pure. */
export function formatJournal(journal: Journal): string {
  return `${JSON.stringify({ format: 1, journal }, null, 1)}\n`;
}

/** What a journal file says. Pure. */
export function parseJournal(text: string): Journal | "damaged" {
  try {
    return FileSchema.parse(JSON.parse(text)).journal;
  } catch {
    return "damaged"; // whatever is wrong with it, it is recovered from what current.json says
  }
}

/** Where the journal is kept. Only the holder of the home's lock writes it. */
export interface JournalStore {
  /** Never rejects: a journal that cannot be read is a damaged one. */
  read(): Promise<FoundJournal>;
  /** On disk when this resolves. */
  write(journal: Journal): Promise<void>;
  remove(): Promise<void>;
}

/** The journal of a file. */
export function journalFile(path: string): JournalStore {
  return {
    async read() {
      const text = await readTextIfPresent(path).catch(() => "unreadable");
      return text === undefined ? undefined : parseJournal(text);
    },
    write: (journal) => replaceFile(path, formatJournal(journal)),
    remove: () => removeIfPresent(path, { recursive: true }),
  };
}
