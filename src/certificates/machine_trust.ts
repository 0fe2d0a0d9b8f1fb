import { problemOf, type ReportedProblem } from "../errors/problem_of.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { CertificateStore } from "../platform/certificate_store.ts";
import { readCertificateStores } from "../platform/this_certificate_stores.ts";
import { chooseCertificates, type ChosenCertificates, type IsSignedBy } from "./choose_certificates.ts";

/** What this machine trusts to vouch for servers, and how that is known. */
export interface TrustReport extends ChosenCertificates {
  /** Why the stores could not be read the last time; what is here is then older. */
  readonly problem?: ReportedProblem;
}

/** Access to the machine; replaced in tests. */
export interface MachineTrustOptions {
  readonly readStores?: () => Promise<readonly CertificateStore[]>;
  readonly isSignedBy?: IsSignedBy;
  /** In milliseconds since 1970. */
  readonly now?: () => number;
}

/** A read costs milliseconds; a change need not be known any sooner. */
const CURRENT_MILLISECONDS = 5_000;
/** Certificates that have expired leave, and those that a store got back return, at least this often. */
const CHOICE_MILLISECONDS = 3_600_000;
/**
 * Group policy deletes its certificates and adds them again at each refresh, which takes seconds. A store that is empty is
 * believed only after it has been so for this long.
 */
const EMPTIED_MILLISECONDS = 60_000;

const NOTHING: TrustReport = { certificates: [], stores: [], refused: [] };

/** The certificates of this machine, read again when they may have changed. The last good answer is kept. */
export class MachineTrust {
  readonly #options: MachineTrustOptions;
  readonly #now: () => number;
  #report = NOTHING;
  #stores: readonly CertificateStore[] = [];
  #readAt = -Infinity;
  #chosenAt = -Infinity;
  /** Since when a store that has certificates here has been empty. */
  readonly #emptySince = new Map<string, number>();
  #reading: Promise<TrustReport> | undefined;

  constructor(options: MachineTrustOptions = {}) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** What holds now. The same object while nothing has changed. Never rejects. */
  current(): Promise<TrustReport> {
    const age = this.#now() - this.#readAt;
    if (age >= 0 && age < CURRENT_MILLISECONDS) return Promise.resolve(this.#report);
    return this.#reading ??= this.#read().finally(() => this.#reading = undefined);
  }

  async #read(): Promise<TrustReport> {
    try {
      const { readStores = readCertificateStores, isSignedBy } = this.#options;
      const stores = this.#believe(await readStores());
      if (!this.#isChosen(stores)) {
        const verify = isSignedBy ?? await verifierFor(stores);
        const chosen = chooseCertificates(stores, this.#now(), verify);
        if (JSON.stringify(chosen) !== JSON.stringify(this.#report)) this.#report = chosen;
        this.#stores = stores;
        this.#chosenAt = this.#now();
      } else if (this.#report.problem !== undefined) this.#report = withProblem(this.#report, undefined);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.message !== this.#report.problem?.message) {
        this.#report = withProblem(this.#report, problem);
      }
    }
    this.#readAt = this.#now();
    return this.#report;
  }

  /** What to make of a read: a store that has just become empty keeps what it had, for a time. */
  #believe(stores: readonly CertificateStore[]): CertificateStore[] {
    const now = this.#now();
    const read = new Map(stores.map((store) => [store.name, store]));
    if (this.#stores.some(isFull) && !stores.some(isFull)) {
      throw new WindlassError(
        "WL_CERTIFICATES_UNREADABLE",
        "Cannot read the certificates of this machine: there are none all of a sudden",
      );
    }
    const kept: CertificateStore[] = [];
    for (const last of this.#stores) {
      const { name, pem } = last;
      if (pem === "" || read.get(name)?.pem) {
        this.#emptySince.delete(name);
        continue;
      }
      const since = this.#emptySince.get(name) ?? now;
      this.#emptySince.set(name, since);
      if (now - since < EMPTIED_MILLISECONDS) kept.push(last);
    }
    const keptNames = new Set(kept.map(({ name }) => name));
    return [...stores.filter(({ name }) => !keptNames.has(name)), ...kept];
  }

  #isChosen(stores: readonly CertificateStore[]): boolean {
    const age = this.#now() - this.#chosenAt;
    return age >= 0 && age < CHOICE_MILLISECONDS && stores.length === this.#stores.length &&
      stores.every(({ name, pem }) => this.#stores.find((each) => each.name === name)?.pem === pem);
  }
}

/** Loads `node:crypto` only where there is something to verify. */
async function verifierFor(stores: readonly CertificateStore[]): Promise<IsSignedBy> {
  const isNeeded = stores.some(({ purpose, pem }) => purpose === "intermediate" && pem !== "");
  return isNeeded ? (await import("./is_signed_by.ts")).isSignedBy : () => false;
}

function isFull({ purpose, pem }: CertificateStore): boolean {
  return purpose === "trusted" && pem !== "";
}

function withProblem(report: TrustReport, problem: ReportedProblem | undefined): TrustReport {
  const { certificates, stores, refused } = report;
  return { certificates, stores, refused, ...problem === undefined ? {} : { problem } };
}
