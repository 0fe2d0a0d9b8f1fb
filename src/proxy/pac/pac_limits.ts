/** How long the parts of a PAC file's work may take, in milliseconds. */
export interface PacLimits {
  /** Starting the interpreter and loading the file. */
  readonly open: number;
  /** One answer, with all names that it looks up. */
  readonly answer: number;
  /** How long a worker may stay busy that has not answered in time; what waits for name servers answers at once. */
  readonly ping: number;
  /** One call of the file, which takes less than a millisecond; a loop is ended after this. */
  readonly call: number;
}

/** A request waits for the answer, so none takes longer than users wait for a page. */
export const PAC_LIMITS: PacLimits = { open: 5_000, answer: 5_000, ping: 2_000, call: 3_000 };
