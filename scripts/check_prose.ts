/**
 * Finds turns of phrase that are not plain English, in comments, texts, Markdown and some identifiers. The list is
 * `prose/phrases.ts`.
 *
 *     deno run -A scripts/check_prose.ts [PATH...] [--count]
 *
 * prints each finding with what to say instead, or only their number; ends with 1 if there are any.
 */
import { type Phrase, PHRASES } from "./prose/phrases.ts";
import { readProse } from "./prose/read_prose.ts";

/** Checked when no path is given. */
const WHOLE_TREE = ["."];
/** They quote the phrases. */
const QUOTES = /^scripts\/(prose\/phrases\.ts|check_prose_test\.ts)$/;
const SOURCE = /(?:\.(?:ts|js|cjs|c|h|sh|md|html)|(?:^|\/)[a-z][a-z-]*)$/;
const SKIPPED = /(?:^|\/)(?:\.\w+|dist|node_modules)$/;

export interface Finding {
  readonly line: number;
  readonly phrase: string;
  readonly advice: string;
}

/** The findings of one file, in the order of its lines. Pure. */
export function findPhrases(path: string, text: string, phrases: readonly Phrase[] = PHRASES): Finding[] {
  const found: Finding[] = [];
  const { prose, code } = readProse(path, text);
  for (const phrase of phrases) {
    const add = (line: number, match: string) => {
      found.push({ line, phrase: match.trim(), advice: `${phrase.why}; say: ${phrase.instead}` });
    };
    if (phrase.within === "prose") {
      for (const piece of prose) {
        for (const match of piece.text.matchAll(phrase.pattern)) {
          add(piece.lineAt(match.index + match[0].search(/\w/)), match[0]);
        }
      }
    } else {
      for (const [index, line] of code.entries()) {
        for (const match of line.matchAll(phrase.pattern)) add(index + 1, match[0]);
      }
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

async function* filesBelow(path: string): AsyncGenerator<string> {
  if (!(await Deno.stat(path)).isDirectory) {
    yield path;
    return;
  }
  const entries = await Array.fromAsync(Deno.readDir(path));
  for (const entry of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const child = path === "." ? entry.name : `${path}/${entry.name}`;
    if (SKIPPED.test(child)) continue;
    if (entry.isDirectory) yield* filesBelow(child);
    else if (entry.isFile && SOURCE.test(child)) yield child;
  }
}

if (import.meta.main) {
  const paths = Deno.args.filter((argument) => argument !== "--count");
  let count = 0;
  for (const path of paths.length === 0 ? WHOLE_TREE : paths) {
    for await (const file of filesBelow(path.replace(/\/+$/, ""))) {
      if (QUOTES.test(file)) continue;
      for (const { line, phrase, advice } of findPhrases(file, await Deno.readTextFile(file))) {
        count++;
        if (!Deno.args.includes("--count")) console.error(`${file}:${line}: "${phrase}": ${advice}`);
      }
    }
  }
  if (Deno.args.includes("--count")) console.log(count);
  if (count > 0) Deno.exit(1);
}
