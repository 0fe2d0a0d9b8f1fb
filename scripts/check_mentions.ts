/**
 * Checks that files, folders and decisions that the documents mention exist: links, paths and file names in backticks
 * of every Markdown file, and ids such as `D-relay-3` in documents and sources; and that every package of `deno.json`
 * has its reason in the table of dependencies. Part of `deno task ok`.
 */
import { basename, dirname, join } from "node:path/posix";
import { filesBelow } from "./files_below.ts";

/** The names in a checkout. Folders end without a slash. */
export interface Tree {
  readonly paths: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly decisions: ReadonlySet<string>;
}

const DEPENDENCIES = "docs/decisions/README.md";
const FENCE_REGEXP = /^ *```[\s\S]*?^ *```/gm;
const LINK_REGEXP = /\]\(([^)\s]+)\)/g;
const CODE_REGEXP = /`([^`\n]+)`/g;
const ROOT_PATH_REGEXP = /^(?:\.\/)?((?:src|docs|scripts|tests|distro)\/[\w./-]*)$/;
/** A file of the tree by its name alone, such as `frame_reader.ts` or `PROTOCOL.md`. */
const FILE_NAME_REGEXP = /^[A-Za-z0-9][\w-]*(?:\/[\w-]+)*\.(?:ts|c|h|md|js)$/;
/** `x.ts`, `x_routes.ts`, `this_x.ts` and `NAME.ts` stand for any name, as in a recipe. */
const PLACEHOLDER_REGEXP = /(?:^|[/_])(?:x|NAME)(?:_\w+)?\.\w+$/;
const DECISION_REGEXP = /\bD-[a-z]+-\d+\b/g;
const DECISION_HEADING_REGEXP = /^## (?:~~)?(D-[a-z]+-\d+):/gm;

/** Mentions of a document, or of a source if `path` is not a Markdown file, that lead nowhere; as sentences. Pure. */
export function brokenMentions(path: string, text: string, tree: Tree): string[] {
  const problems: string[] = [];
  for (const [id] of text.matchAll(DECISION_REGEXP)) {
    if (!tree.decisions.has(id)) {
      problems.push(`${path}: mentions ${id}, and docs/decisions has no such entry`);
    }
  }
  if (!path.endsWith(".md")) return problems;
  const prose = text.replace(FENCE_REGEXP, "");
  for (const [, target = ""] of prose.matchAll(LINK_REGEXP)) {
    if (/^[a-z]+:|^#/.test(target)) continue;
    const file = join(dirname(path), decodeURI(target.replace(/#.*$/, "")));
    if (!tree.paths.has(withoutSlash(file))) problems.push(`${path}: links to ${file}, which does not exist`);
  }
  for (const [, code = ""] of prose.matchAll(CODE_REGEXP)) {
    if (PLACEHOLDER_REGEXP.test(code)) continue;
    const rooted = ROOT_PATH_REGEXP.exec(code)?.[1];
    if (rooted !== undefined) {
      if (!tree.paths.has(withoutSlash(rooted))) {
        problems.push(`${path}: names ${rooted}, which does not exist`);
      }
    } else if (FILE_NAME_REGEXP.test(code) && !isKnownName(path, code, tree)) {
      problems.push(`${path}: names ${code}, and no file has that name`);
    }
  }
  return problems;
}

function isKnownName(path: string, name: string, tree: Tree): boolean {
  if (!name.includes("/")) return tree.names.has(name);
  return tree.paths.has(join(dirname(path), name)) ||
    [...tree.paths].some((known) => known.endsWith(`/${name}`));
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}

/** Ids of the decisions in a page of `docs/decisions`. Pure. */
export function decisionIds(text: string): string[] {
  return [...text.matchAll(DECISION_HEADING_REGEXP)].map(([, id = ""]) => id);
}

/** Packages without a row in a table of dependencies, as sentences. Pure. */
export function packagesWithoutReason(packages: readonly string[], table: string): string[] {
  return packages.filter((name) => !table.includes(`| \`${name}\` `))
    .map((name) => `${DEPENDENCIES}: says nothing about ${name}, which deno.json imports`);
}

/** The folders above a file. */
function foldersOf(path: string): string[] {
  const folder = dirname(path);
  return folder === "." ? [] : [folder, ...foldersOf(folder)];
}

if (import.meta.main) {
  const files = await Array.fromAsync(filesBelow("."));
  const paths = new Set(files.flatMap((path) => [path, ...foldersOf(path)]));
  const texts = new Map<string, string>();
  for (const path of files) {
    if (/\.(?:md|ts|c|h)$/.test(path)) texts.set(path, await Deno.readTextFile(path));
  }
  const tree: Tree = {
    paths,
    names: new Set([...paths].map((path) => basename(path))),
    decisions: new Set(
      [...texts].flatMap(([path, text]) => path.startsWith("docs/decisions/") ? decisionIds(text) : []),
    ),
  };
  // The rule and its tests give ids that are only examples.
  const examples = /^scripts\/check_mentions(?:_test)?\.ts$/;
  const problems = [...texts].flatMap(([path, text]) =>
    examples.test(path) ? [] : brokenMentions(path, text, tree)
  );
  const { imports } = JSON.parse(await Deno.readTextFile("deno.json"));
  problems.push(...packagesWithoutReason(Object.keys(imports), texts.get(DEPENDENCIES) ?? ""));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) Deno.exit(1);
}
