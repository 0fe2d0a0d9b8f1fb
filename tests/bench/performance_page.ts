/**
 * Puts results into the page `docs/performance.md`: what stands between two markers is made from the results, everything else
 * is prose that is kept.
 *
 *     <!-- bench: TOPIC -->
 *
 *     (table)
 *
 *     <!-- end -->
 */
import { wasIdle } from "./machine_load.ts";
import { isMet } from "./measurement.ts";
import { COLUMNS, markdownTable, tableRow } from "./result_table.ts";
import type { Results, TopicResult } from "./results.ts";

const BLOCK_REGEXP = /(<!-- bench: (\S+) -->\n)[^]*?(?=<!-- end -->)/g;

/** The block that sums up all others. */
const SUMMARY = "targets";

/**
 * The page with the tables of these results. Pure.
 *
 * @throws {Error} if it has no place for a topic.
 */
export function withResults(page: string, results: Results): string {
  const places = [...page.matchAll(BLOCK_REGEXP)].map(([, , topic]) => topic!);
  const hidden = Object.keys(results).filter((topic) => !places.includes(topic));
  if (hidden.length > 0) throw new Error(`Cannot write the page: it has no place for ${hidden.join(", ")}`);
  return page.replaceAll(
    BLOCK_REGEXP,
    (_, marker: string, topic: string) =>
      `${marker}\n${topic === SUMMARY ? summary(results) : section(results[topic])}\n\n`,
  );
}

function summary(results: Results): string {
  const verdicts = Object.values(results).flatMap(({ measurements }) => measurements.map(isMet))
    .filter((met) => met !== undefined);
  return `${verdicts.filter((met) => met).length} of ${verdicts.length} targets are met.`;
}

function section(result: TopicResult | undefined): string {
  if (result === undefined) return "No result is stored yet.";
  return `${markdownTable([COLUMNS, ...result.measurements.map(tableRow)])}\n\n${circumstances(result)}`;
}

/** When and where, and what else the machine did. */
function circumstances({ date, machine, load: { before, after }, measurements }: TopicResult): string {
  const counts = [...new Set(measurements.map(({ rounds }) => rounds.length))].sort((one, other) =>
    other - one
  );
  const rounds = counts.map((count) => count === 1 ? "1 round" : `${count} rounds`).join(" or ");
  const busy = Math.round(Math.max(before.busyShare, after.busyShare) * 100);
  const others = wasIdle(before, after) ? "idle machine" : `**busy machine** (others used ${busy} % of it)`;
  const average = `load average ${before.average.toFixed(1)} before, ${after.average.toFixed(1)} after`;
  const text = `${date} UTC, ${machine.processors} processors, ${others}, ${average}; ${rounds}.`;
  return text.replaceAll(LINE_REGEXP, "$1\n").trimEnd();
}

/** As many words as the formatter leaves in a line of a page. */
const LINE_REGEXP = /(.{1,110})(?: |$)/g;
