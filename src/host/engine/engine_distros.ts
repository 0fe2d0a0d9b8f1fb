/** What an import reports while it runs. */
export interface ImportProgress {
  readonly stage: string;
  /** Bytes of the compressed archive sent so far, and in all. */
  readonly done: number;
  readonly total: number;
}

/** The distros, as far as the engine's life needs them. */
export interface EngineDistros {
  /** The one that holds this version's engine; content decides, so it may change while `ensure()` runs first. */
  readonly engineName: string;
  readonly dataName: string;
  /** What may still run the engine of another version, on the same data. */
  readonly otherEngineNames: readonly string[];
  /** Whether the record says that both are imported and current: a hint that is quick to have. */
  areRecorded(): Promise<boolean>;
  /** Looks closely, and imports what is missing or outdated. Safe to repeat. */
  ensure(options: { signal: AbortSignal; progress: (progress: ImportProgress) => void }): Promise<void>;
}
