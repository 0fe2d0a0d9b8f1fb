import {
  type ChangeAuthor,
  type InstalledChange,
  installedChangeOf,
  type Journal,
  type JournalStore,
} from "../records/journal.ts";
import { agreedChange, type Ready } from "./change.ts";

/** The version that only the switch separates from running, as the journal has it in its state `ready`. */
export class ReadyVersion {
  readonly #journal: JournalStore;
  #ready: Ready | undefined;

  constructor(journal: JournalStore) {
    this.#journal = journal;
  }

  get change(): InstalledChange | undefined {
    return this.#ready?.change;
  }

  /** The change that is to be made at the next idle moment. */
  get waiting(): InstalledChange | undefined {
    return this.#ready?.consent === true ? this.#ready.change : undefined;
  }

  /** The change as it continues if somebody agrees to it now. */
  agreed(by: ChangeAuthor): InstalledChange | undefined {
    return this.#ready && agreedChange(this.#ready, by);
  }

  /** Restores what an earlier host wrote into the journal. */
  restore(journal: Journal | undefined): void {
    if (journal?.state !== "ready") return;
    this.#ready = { change: installedChangeOf(journal), consent: journal.consent };
  }

  /** A version has just become ready, or is being replaced by one that will; the journal says so already. */
  set(change: InstalledChange | undefined): void {
    this.#ready = change && { change, consent: false };
  }

  /** Records whether the change is to be made at the next idle moment, and who wants it. */
  async consent(change: InstalledChange, consent: boolean): Promise<void> {
    if (this.#ready?.consent === consent && this.#ready.change.by === change.by) return;
    await this.#journal.write({ state: "ready", ...installedChangeOf(change), consent });
    this.#ready = { change, consent };
  }

  /** Forgets the change, here and in the journal, if it is one of these. */
  async forget(isRefused: (change: InstalledChange) => boolean = () => true): Promise<void> {
    if (this.#ready === undefined || !isRefused(this.#ready.change)) return;
    await this.#journal.remove();
    this.#ready = undefined;
  }
}
