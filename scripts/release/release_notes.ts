import { WindlassError } from "../../src/errors/windlass_error.ts";

/** The changelog of the project, in the form of keepachangelog.com. */
export const CHANGELOG = "CHANGELOG.md";

/** `[1.2.0]: https://...`, as changelogs define the links of their headings. */
const LINK_DEFINITION_REGEXP = /^\[[^\]]+\]:\s/;

/**
 * The notes of a version: its section in a changelog, without the heading. Pure.
 *
 * @throws {WindlassError} `WL_RELEASE_REFUSED` if the changelog has no such section, or an empty one.
 *
 * @example
 * ```ts
 * import { releaseNotes } from "./release_notes.ts";
 *
 * releaseNotes("# Changelog\n\n## [1.2.0] - 2027-01-05\n\n- Faster.\n", "1.2.0"); // "- Faster.\n"
 * ```
 */
export function releaseNotes(changelog: string, version: string): string {
  const lines = changelog.split("\n");
  const heading = `## [${version}]`;
  const start = lines.findIndex((line) => line === heading || line.startsWith(`${heading} `));
  if (start === -1) throw refused(version, `${CHANGELOG} has no section '${heading}'`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith("## ") || LINK_DEFINITION_REGEXP.test(line));
  const notes = rest.slice(0, end === -1 ? rest.length : end).join("\n").trim();
  if (notes === "") throw refused(version, `the section '${heading}' of ${CHANGELOG} is empty`);
  return `${notes}\n`;
}

function refused(version: string, state: string): WindlassError {
  return new WindlassError("WL_RELEASE_REFUSED", `Cannot publish ${version}: ${state}`, {
    remedy: `Move the entries of 'Unreleased' into a section '## [${version}] - YYYY-MM-DD', ` +
      "or name a file with '--notes'.",
  });
}
