/**
 * Writes the tables of `docs/performance.md` from `docs/performance.json`, such as after a change of how they look. With
 * `--check` it writes nothing and fails if they disagree. Part of `deno task ok`.
 */
import { isPageCurrent, writePage } from "./performance_files.ts";

if (import.meta.main) {
  try {
    if (!Deno.args.includes("--check")) await writePage();
    else if (!await isPageCurrent()) {
      throw new Error("docs/performance.md is stale: run 'deno task performance' and commit it");
    }
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
