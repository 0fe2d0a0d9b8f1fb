/**
 * Writes what is made from `src/payload/component_names.ts`: the table in `src/payload/FORMAT.md` and the launcher's
 * `component_names.h`. A unit test fails when they differ from the list.
 */
import { COMPONENT_KINDS, type ComponentKind } from "../src/payload/component_names.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const FORMAT = `${ROOT}src/payload/FORMAT.md`;
const HEADER = `${ROOT}src/launcher/component_names.h`;
const TABLE_REGEXP = /(?<=<!-- component_names\.ts -->\n\n).*?(?=\n\n<!-- end -->)/s;
const SYSTEM_NAMES = { linux: "the Linux executable", windows: "the executable for Windows" };

const kinds = Object.entries<ComponentKind>(COMPONENT_KINDS);

/** The table of all components in Markdown, as the formatter leaves it. Pure. */
export function componentTable(): string {
  const rows = [
    ["component", "flags", "content"],
    ...kinds.map(([name, kind]) => [
      `\`${name}\``,
      (["stored", "unpack", "executable"] as const).filter((flag) => kind[flag]).join(", "),
      kind.systems.length > 1 ? kind.content : `${kind.content}; only in ${SYSTEM_NAMES[kind.systems[0]!]}`,
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`
  );
  return [lines[0], `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...lines.slice(1)].join(
    "\n",
  );
}

/** The names as C macros; those of further parts of the program have no macro. Pure. */
export function componentHeader(): string {
  const macros = kinds.filter(([name]) => !name.includes("*")).map(([name]) =>
    `#define ${name.toUpperCase().replaceAll("-", "_")}_COMPONENT "${name}"\n`
  );
  return `/* Made from src/payload/component_names.ts by scripts/write_component_lists.ts. */
#ifndef WINDLASS_COMPONENT_NAMES_H
#define WINDLASS_COMPONENT_NAMES_H

${macros.join("")}
#endif
`;
}

/** The text of `FORMAT.md` with the table of today. Pure. */
export function withComponentTable(format: string): string {
  return format.replace(TABLE_REGEXP, componentTable);
}

if (import.meta.main) {
  await Deno.writeTextFile(FORMAT, withComponentTable(await Deno.readTextFile(FORMAT)));
  await Deno.writeTextFile(HEADER, componentHeader());
}
