/** Where the results are kept, and the page that shows them. */
import { join } from "node:path";
import { REPOSITORY } from "../support/repository.ts";
import { withResults } from "./performance_page.ts";
import { formatResults, mergeResults, type Results } from "./results.ts";

const RESULTS = join(REPOSITORY, "docs/performance.json");
const PAGE = join(REPOSITORY, "docs/performance.md");

/** Keeps new results in place of earlier ones of the same topics, and writes the page. */
export async function writePerformance(newer: Results, topics: readonly string[]): Promise<void> {
  const merged = mergeResults(await readResults(), newer, topics);
  await Deno.writeTextFile(RESULTS, formatResults(merged));
  await writePage();
}

/** Writes the page from the kept results. */
export async function writePage(): Promise<void> {
  await Deno.writeTextFile(PAGE, withResults(await Deno.readTextFile(PAGE), await readResults()));
}

/** Whether the page shows the kept results. */
export async function isPageCurrent(): Promise<boolean> {
  const page = await Deno.readTextFile(PAGE);
  return page === withResults(page, await readResults());
}

async function readResults(): Promise<Results> {
  return JSON.parse(await Deno.readTextFile(RESULTS));
}
