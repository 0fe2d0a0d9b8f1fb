import { withoutColours } from "./test_counts.ts";

/** How long one test took. */
export interface TestTime {
  /** Only if files ran in parallel in one process, which names them on every line. */
  readonly file?: string;
  readonly name: string;
  readonly seconds: number;
}

/** Tests that are listed for each file. */
export const SLOWEST = 10;

const FINISHED = /^(?:(\.\/\S+) => )?(.+?) \.\.\. (?:ok|FAILED) (?:\(due to [^()]*\) )?\(([^()]+)\)$/;
const SECONDS_OF = { h: 3600, m: 60, s: 1, ms: 1e-3, µs: 1e-6 } as const;

/** The times of all finished tests in the output of `deno test`, steps left out. Pure. */
export function testTimes(output: string): TestTime[] {
  const times: TestTime[] = [];
  for (const line of withoutColours(output).split("\n")) {
    const [, file, name, duration] = FINISHED.exec(line) ?? [];
    if (name === undefined || name.startsWith(" ") || name.includes(" ... ")) continue;
    times.push({ ...(file === undefined ? {} : { file }), name, seconds: secondsOf(duration!) });
  }
  return times;
}

/** The longest of them, longest first. Pure. */
export function slowest(times: readonly TestTime[]): TestTime[] {
  return [...times].sort((one, other) => other.seconds - one.seconds).slice(0, SLOWEST);
}

/** Reads a duration as `deno test` writes it: "1m26s", "404ms". Pure. */
function secondsOf(text: string): number {
  const parts = text.matchAll(/(\d+)(h|ms|m|s|µs)/g);
  return [...parts].reduce(
    (sum, [, number, unit]) => sum + Number(number) * SECONDS_OF[unit as keyof typeof SECONDS_OF],
    0,
  );
}
