/** Writes and reads many small files under Node.js: `small_files.mjs FOLDER COUNT`. Prints how many a second were. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** As large as a small source file. */
const CONTENT = "x".repeat(1_000);

const [parent, count] = process.argv.slice(2) as [string, string];
const folder = mkdtempSync(join(parent, "files-"));
const begun = performance.now();
for (let index = 0; index < Number(count); index++) writeFileSync(join(folder, String(index)), CONTENT);
for (let index = 0; index < Number(count); index++) readFileSync(join(folder, String(index)));
const seconds = (performance.now() - begun) / 1_000;
rmSync(folder, { recursive: true });
process.stdout.write(`${Number(count) / seconds}\n`);
