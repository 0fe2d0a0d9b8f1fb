import type { Current } from "../../payload/current_file.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import {
  type FoundJournal,
  type InstalledChange,
  installedChangeOf,
  type Journal,
  JOURNAL_STATES,
  type JournalState,
  type RecoveryName,
  type SwitchedChange,
  switchedChangeOf,
} from "../records/journal.ts";

/** What a host finds at its start. */
export interface Situation {
  readonly journal: FoundJournal;
  /** What `current.json` says; nothing if it does not apply, as after a change of the executable. */
  readonly named: Current | undefined;
  /** The version that this host is of. */
  readonly running: string;
  /** Versions that are in the store or in the executable. */
  readonly present: ReadonlySet<string>;
  /** The number of a version in the store, as far as that is known; always of the one that runs. */
  readonly versionOf: (id: string) => string;
  /** For a change whose own are lost. */
  readonly begun: Pick<InstalledChange, "change" | "since">;
}

/** What is to be done about it. */
export type Recovery =
  /** Nothing was being done. */
  | { readonly do: "nothing" }
  /** The work continues from there when its time comes. */
  | { readonly do: "keep"; readonly journal: Journal }
  /** It is over, without a result. */
  | { readonly do: "forget"; readonly reason: string }
  /** The switch has not happened. */
  | { readonly do: "ready-again"; readonly change: InstalledChange }
  /** This host is on trial. */
  | { readonly do: "trial"; readonly change: SwitchedChange }
  /** The switch is for good; the rest of the old version goes. */
  | { readonly do: "confirm"; readonly change: InstalledChange }
  /** The switch is undone. `handOver`: this host is of the version that is left. */
  | {
    readonly do: "roll-back";
    readonly change: InstalledChange;
    readonly reason: string;
    readonly handOver: boolean;
  }
  /** The version that was named for good cannot run, and another one does. */
  | { readonly do: "give-up-version"; readonly id: string };

/**
 * What a host does at its start about what a death has left; exactly one thing for any situation, and the same again
 * if it dies of it. Pure.
 */
export function planRecovery(situation: Situation): Recovery {
  const { journal, named } = situation;
  if (journal === undefined || journal === "damaged") return withoutJournal(situation);
  // Such a journal is of another time: on trial is only what a later state has led to.
  if (named?.trial && BEFORE_SWITCH.has(journal.state)) return withoutJournal(situation);
  return RECOVERIES[JOURNAL_STATES[journal.state]](journal, situation);
}

const BEFORE_SWITCH: ReadonlySet<JournalState> = new Set(["downloading", "installing", "preparing", "ready"]);

const RECOVERIES: Readonly<Record<RecoveryName, (journal: Journal, situation: Situation) => Recovery>> = {
  "resume-download"(journal, situation) {
    return isLeft(journal, situation) ? { do: "keep", journal } : otherRuns();
  },
  "resume-preparation"(journal, situation) {
    if (!isLeft(journal, situation)) return otherRuns();
    // Nothing is downloaded for a rollback, so no later download would continue it.
    if (journal.kind === "rollback") return { do: "forget", reason: "it was interrupted" };
    return { do: "keep", journal };
  },
  "stay-ready"(journal, situation) {
    if (!isLeft(journal, situation)) return otherRuns();
    return situation.present.has(idOf(journal)) ? { do: "keep", journal } : gone();
  },
  settle: (journal, situation) => settle(switchedOf(journal), situation),
  "finish-confirmation"(journal, situation) {
    const change = switchedOf(journal);
    if (situation.named?.current !== change.id) return otherRuns();
    return settle(change, situation);
  },
  "finish-rollback"(journal, { named, running }) {
    const change = switchedOf(journal);
    const reason = journal.state === "rolling-back" ? journal.reason : "";
    // No longer named, it runs because nothing else can: the next start would come to it again, and so on without end.
    return {
      do: "roll-back",
      change,
      reason,
      handOver: running === change.id && named?.current === change.id,
    };
  },
};

/** What `current.json` alone says about a change. */
function withoutJournal(situation: Situation): Recovery {
  const { named, running, versionOf, begun } = situation;
  if (named === undefined) return { do: "nothing" };
  if (!named.trial) {
    return running === named.current ? { do: "nothing" } : { do: "give-up-version", id: named.current };
  }
  const from = named.previous ?? EMBEDDED;
  return settle({
    ...begun,
    kind: "update",
    by: "user",
    version: versionOf(named.current),
    undo: true,
    from: { id: from, version: versionOf(from), previous: null },
    id: named.current,
    switched: begun.since,
    containers: null,
  }, situation);
}

/** `current.json` decides what has become of a switch. */
function settle(change: SwitchedChange, situation: Situation): Recovery {
  const { named, running, present } = situation;
  if (named?.current !== change.id) {
    if (!isLeft(change, situation)) return otherRuns();
    return present.has(change.id) ? { do: "ready-again", change } : gone();
  }
  if (running === change.id) return named.trial ? { do: "trial", change } : { do: "confirm", change };
  return { do: "roll-back", change, reason: reasonOfLauncher(named), handOver: false };
}

/**
 * Whether the version runs that a change leads away from. The one in the executable is another one as soon as somebody has put
 * another executable in place; what was meant for the one before would take them back.
 */
function isLeft({ from }: Pick<Journal, "from">, { running, versionOf }: Situation): boolean {
  return running === from.id && (running !== EMBEDDED || versionOf(running) === from.version);
}

/** Why the launcher runs another version than the one that is named. */
function reasonOfLauncher({ trial, tries }: Current): string {
  if (!trial) return "its files are damaged or missing";
  if (tries > 0) return `it was started ${tries} times without confirming itself`;
  return "its files are damaged or missing, or its starts could not be counted";
}

function otherRuns(): Recovery {
  return { do: "forget", reason: "another version is running by now" };
}

function gone(): Recovery {
  return { do: "forget", reason: "its files are missing" };
}

function idOf(journal: Journal): string {
  return "id" in journal ? journal.id : "";
}

function switchedOf(journal: Journal): SwitchedChange {
  if ("containers" in journal) return switchedChangeOf(journal);
  return {
    ...installedChangeOf({ ...journal, id: idOf(journal) }),
    switched: journal.since,
    containers: null,
  };
}
