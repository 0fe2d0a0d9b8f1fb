/** What an engine distro found out about itself; one line of JSON on the standard output of `rehearse`. */
export interface RehearsalReport {
  /** Version of each program that runs, as it tells it. */
  readonly programs: Readonly<Record<string, string>>;
  /** What does not run, as ends of a sentence; empty if the engine is fit. */
  readonly problems: readonly string[];
  /** What dockerd says against the user's options, as a lower-case clause. */
  readonly optionsProblem?: string;
}

/** Reads the output of `rehearse`; `undefined` if it is not valid. Pure. */
export function parseRehearsalReport(stdout: string): RehearsalReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    return undefined;
  }
  return isReport(value) ? value : undefined;
}

function isReport(value: unknown): value is RehearsalReport {
  if (typeof value !== "object" || value === null) return false;
  if (!("programs" in value && "problems" in value)) return false;
  const { programs, problems } = value;
  const options = "optionsProblem" in value ? value.optionsProblem : undefined;
  return typeof programs === "object" && programs !== null && Object.values(programs).every(isText) &&
    Array.isArray(problems) && problems.every(isText) && (options === undefined || isText(options));
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
