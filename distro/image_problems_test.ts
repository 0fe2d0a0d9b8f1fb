import assert from "node:assert/strict";
import { configurationProblems, entryProblems } from "./image_problems.ts";
import type { ImageRules } from "./image_rules.ts";
import { TAR_ENTRY_TIME } from "./tar_header.ts";
import type { ReadTarEntry } from "./tar_reader.ts";

const RULES: ImageRules = {
  files: { "bin/sh": 0o755 },
  folders: { bin: 0o755 },
  links: { link: "bin/sh" },
  forbidden: [[/^man\//, "documentation"]],
  maximumBytes: 1,
  wslConfiguration: {},
};
const COMMON = { uid: 0, gid: 0, size: 0, time: TAR_ENTRY_TIME, linkTarget: "", ownerNames: "" } as const;
const BIN: ReadTarEntry = { ...COMMON, path: "bin/", type: "directory", mode: 0o755 };
const SH: ReadTarEntry = { ...COMMON, path: "bin/sh", type: "file", mode: 0o755 };
const LINK: ReadTarEntry = { ...COMMON, path: "link", type: "symlink", mode: 0o777, linkTarget: "bin/sh" };

Deno.test("entryProblems() finds nothing when all is as it should be", () => {
  assert.deepEqual(entryProblems([BIN, SH, LINK], RULES), []);
});

const CASES: readonly [string, readonly ReadTarEntry[], string][] = [
  ["a file is missing", [BIN, LINK], "bin/sh: is missing"],
  ["a file has another mode", [BIN, { ...SH, mode: 0o644 }, LINK], "bin/sh: has mode 0644, not 0755"],
  ["a file is a folder", [BIN, { ...SH, type: "directory" }, LINK], "bin/sh: is a directory"],
  ["a link points elsewhere", [BIN, SH, { ...LINK, linkTarget: "x" }], "link: points to 'x', not 'bin/sh'"],
  ["an owner is not root", [BIN, SH, { ...LINK, gid: 50 }], "link: belongs to 0:50, not 0:0"],
  ["an owner is named", [BIN, SH, { ...LINK, ownerNames: "root" }], "link: names its owner"],
  ["a time moves", [BIN, SH, { ...LINK, time: 5 }], "link: has the time 5, not 1767225600"],
  ["a path exists twice", [BIN, SH, LINK, LINK], "link: exists twice"],
  ["a folder comes late", [{ ...SH, path: "a/b" }, BIN, SH, LINK], "a/b: comes before its folder"],
  [
    "a device exists",
    [BIN, SH, LINK, { ...LINK, path: "d", type: "other" }],
    "d: is neither file, folder nor link",
  ],
];

for (const [name, entries, problem] of CASES) {
  Deno.test(`entryProblems() says so when ${name}`, () => {
    assert.deepEqual(entryProblems(entries, RULES), [problem]);
  });
}

Deno.test("entryProblems() says so when a file is set-id", () => {
  const problems = entryProblems([BIN, { ...SH, mode: 0o4755 }, LINK], RULES);
  assert.equal(problems[0], "bin/sh: has a set-id bit (mode 4755)");
});

Deno.test("entryProblems() says so when something is forbidden", () => {
  const folder: ReadTarEntry = { ...BIN, path: "man/" };
  assert.deepEqual(entryProblems([BIN, SH, LINK, folder], RULES), ["man: is documentation"]);
});

Deno.test("configurationProblems() names each setting that is missing, and its section", () => {
  const text = "# comment\n[boot]\nsystemd = false\n[shortcut]\n# enabled = false\n";
  const wanted = { boot: ["systemd = false"], shortcut: ["enabled = false"], user: ["default = root"] };
  assert.deepEqual(configurationProblems("etc/wsl.conf", text, wanted), [
    "etc/wsl.conf: lacks 'enabled = false' in [shortcut]",
    "etc/wsl.conf: lacks 'default = root' in [user]",
  ]);
});
