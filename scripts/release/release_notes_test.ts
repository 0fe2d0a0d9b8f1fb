import assert from "node:assert/strict";
import { VERSION } from "../../src/version.ts";
import { CHANGELOG, releaseNotes } from "./release_notes.ts";

const TEXT = `# Changelog

## [Unreleased]

## [1.2.0] - 2027-01-05

### Added

- Workspaces.

## [1.1.0]

- Faster.

[1.2.0]: https://example.com/1.2.0
`;

Deno.test("releaseNotes() returns the section of a version, without heading and links", () => {
  assert.equal(releaseNotes(TEXT, "1.2.0"), "### Added\n\n- Workspaces.\n");
  assert.equal(releaseNotes(TEXT, "1.1.0"), "- Faster.\n");
});

Deno.test("releaseNotes() refuses a version without a section, or with an empty one", () => {
  const remedy = (version: string) =>
    `Move the entries of 'Unreleased' into a section '## [${version}] - YYYY-MM-DD', or name a file with '--notes'.`;
  assert.throws(() => releaseNotes(TEXT, "1.2"), {
    code: "WL_RELEASE_REFUSED",
    message: "Cannot publish 1.2: CHANGELOG.md has no section '## [1.2]'",
    remedy: remedy("1.2"),
  });
  assert.throws(() => releaseNotes(TEXT, "Unreleased"), {
    code: "WL_RELEASE_REFUSED",
    message: "Cannot publish Unreleased: the section '## [Unreleased]' of CHANGELOG.md is empty",
    remedy: remedy("Unreleased"),
  });
});

Deno.test("the changelog of the project has a section for the version of the source", async () => {
  const text = await Deno.readTextFile(new URL(`../../${CHANGELOG}`, import.meta.url));
  assert.match(text, /^## \[Unreleased\]$/m);
  assert.notEqual(releaseNotes(text, VERSION), "");
});
