import type { ImageRules } from "./image_rules.ts";
import { TAR_ENTRY_TIME } from "./tar_header.ts";
import type { ReadTarEntry } from "./tar_reader.ts";

const SET_ID_BITS = 0o6000;

/** What the entries of an archive have wrong, one sentence each; empty if nothing. Pure. */
export function entryProblems(entries: readonly ReadTarEntry[], rules: ImageRules): string[] {
  const problems: string[] = [];
  const byPath = new Map<string, ReadTarEntry>();
  for (const entry of entries) {
    const path = entry.path.replace(/\/$/, "");
    if (byPath.has(path)) problems.push(`${path}: exists twice`);
    byPath.set(path, entry);
    problems.push(...singleEntryProblems(entry, path));
    for (const [pattern, reason] of rules.forbidden) {
      if (pattern.test(entry.path)) problems.push(`${path}: is ${reason}`);
    }
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (parent !== "" && byPath.get(parent)?.type !== "directory") {
      problems.push(`${path}: comes before its folder`);
    }
  }
  problems.push(...expectedEntryProblems(byPath, rules));
  return problems;
}

/** Sections of an INI file of WSL's, and the lines in each, without comments. */
export function parseSections(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const name = /^\[(.+)\]$/.exec(line)?.[1];
    if (name === undefined) lines.push(line);
    else sections.set(name, lines = []);
  }
  return sections;
}

/** Settings that a configuration file of WSL's lacks, one sentence each. Pure. */
export function configurationProblems(
  path: string,
  text: string,
  wanted: Readonly<Record<string, readonly string[]>>,
): string[] {
  const sections = parseSections(text);
  return Object.entries(wanted).flatMap(([section, lines]) =>
    lines
      .filter((line) => !sections.get(section)?.includes(line))
      .map((line) => `${path}: lacks '${line}' in [${section}]`)
  );
}

function singleEntryProblems(entry: ReadTarEntry, path: string): string[] {
  const problems: string[] = [];
  if (entry.type === "other") problems.push(`${path}: is neither file, folder nor link`);
  if (entry.uid !== 0 || entry.gid !== 0) {
    problems.push(`${path}: belongs to ${entry.uid}:${entry.gid}, not 0:0`);
  }
  if (entry.ownerNames !== "") problems.push(`${path}: names its owner`);
  if ((entry.mode & SET_ID_BITS) !== 0) {
    problems.push(`${path}: has a set-id bit (mode ${octal(entry.mode)})`);
  }
  if (entry.time !== TAR_ENTRY_TIME) {
    problems.push(`${path}: has the time ${entry.time}, not ${TAR_ENTRY_TIME}`);
  }
  if (/^\.?\//.test(entry.path)) problems.push(`${path}: begins with '/' or './'`);
  return problems;
}

function expectedEntryProblems(byPath: ReadonlyMap<string, ReadTarEntry>, rules: ImageRules): string[] {
  const problems: string[] = [];
  const expectMode = (path: string, mode: number, types: readonly string[]) => {
    const entry = byPath.get(path);
    if (entry === undefined) problems.push(`${path}: is missing`);
    else if (!types.includes(entry.type)) problems.push(`${path}: is a ${entry.type}`);
    else if (entry.mode !== mode) problems.push(`${path}: has mode ${octal(entry.mode)}, not ${octal(mode)}`);
  };
  for (const [path, mode] of Object.entries(rules.files)) expectMode(path, mode, ["file", "hardlink"]);
  for (const [path, mode] of Object.entries(rules.folders)) expectMode(path, mode, ["directory"]);
  for (const [path, target] of Object.entries(rules.links)) {
    const found = byPath.get(path)?.linkTarget;
    if (found !== target) problems.push(`${path}: points to '${found ?? ""}', not '${target}'`);
  }
  return problems;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
