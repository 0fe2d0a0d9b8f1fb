import assert from "node:assert/strict";
import { findPhrases } from "./check_prose.ts";
import { readProse } from "./prose/read_prose.ts";

function phrases(path: string, text: string): string[] {
  return findPhrases(path, text).map(({ line, phrase }) => `${line}: ${phrase}`);
}

for (
  const [sentence, phrase] of [
    ["Windlass runs already", "runs already"],
    ["'now' is one word too many", "one word too many"],
    ["it is no version such as '1.2.3'", "is no"],
    ["'upgrade' is none of its verbs", "is none"],
    ["Windlass 1.2.0 is there, and the pin holds it back", "is there"],
    ["For who uses Windlass", "For who"],
    ["Who comes second waits for the first.", "Who"],
    ["Whoever comes second waits.", "Whoever"],
    ["What the keeper needs.", "What the keeper needs."],
    ["Names that are told", "are told"],
    ["the name tells instances apart", "tells instances apart"],
    ["the status tells how it goes", "tells how"],
    ["looked at when Windlass starts", "looked at"],
    ["each look is cheap", "each look"],
    ["until then defaults count.", "defaults count"],
    ["the download goes on", "goes on"],
    ["signs them anew", "anew"],
    ["refused, also while the older one runs", ", also while"],
    ["on an own machine", "an own"],
    ["nothing must use the engine", "nothing must"],
    ["by the time he has typed it", "he"],
    ["That of the executable is complete.", "That of"],
    ["in that moment", "in that moment"],
    ["would else count as two", "would else"],
  ] as const
) {
  Deno.test(`findPhrases() finds ${JSON.stringify(phrase)} in a text and in a comment`, () => {
    assert.ok(phrases("a.ts", `fail("${sentence.replaceAll('"', '\\"')}");\n`).includes(`1: ${phrase}`));
    assert.ok(phrases("a.c", `\n/* ${sentence} */\n`).includes(`2: ${phrase}`));
  });
}

Deno.test("findPhrases() lets good English pass", () => {
  const text = [
    "Clients who reconnect. There is no version, and there is none in the cache. Is there one?",
    "It is no longer used, and is no larger than 4 KiB. Users are told before they agree.",
    "Who is there?",
    "A folder beside the executable; a file beside it. Nothing beside it is touched.",
    "From now on, from then on, from 32768 on. It also works. It looks like a path. Look up the name.",
    "The counter counts bytes. Turn it on. Two counts as one.",
  ];
  for (const line of text) assert.deepEqual(phrases("a.md", `${line}\n`), []);
});

Deno.test("findPhrases() follows a sentence over lines, and names the line where the phrase begins", () => {
  assert.deepEqual(phrases("a.ts", "/**\n * One that runs\n * already.\n */\n"), ["2: runs already"]);
  assert.deepEqual(phrases("a.ts", "// One that runs\n// already.\n"), ["1: runs already"]);
  assert.deepEqual(phrases("a.ts", 'x = "One that runs " +\n  "already";\n'), ["1: runs already"]);
});

Deno.test("findPhrases() knows names apart from sentences", () => {
  assert.deepEqual(phrases("a.ts", "engine.letGo();\n"), ["1: letGo"]);
  assert.deepEqual(phrases("a.ts", "const anew = till(1); // fine\n"), []);
});

Deno.test("findPhrases() passes over code in Markdown and in comments", () => {
  assert.deepEqual(phrases("a.md", "Run `it goes on`.\n\n```sh\nit goes on\n```\nIt goes on.\n"), [
    "6: goes on",
  ]);
  assert.deepEqual(phrases("a.ts", "/** The flag `is no` is set. */\n"), []);
});

Deno.test("readProse() reads templates, with the code in them", () => {
  const { prose, code } = readProse(
    "a.ts",
    'const a = `one ${b({ c: "two three" })} four`;\nlet x = 1 / 2;\n',
  );
  assert.deepEqual(prose.map(({ text }) => text), ["one `x` four", "two three"]);
  assert.match(code[0] ?? "", /^const a = +b\(\{ c: +\}\) +;$/);
  assert.equal(code[1], "let x = 1 / 2;");
});

Deno.test("readProse() does not take a quote in a regular expression for a text", () => {
  assert.deepEqual(readProse("a.ts", 'const a = /"[/"]/g; // why\n').prose.map(({ text }) => text), ["why"]);
});

Deno.test("readProse() reads comments and texts of shell scripts", () => {
  const { prose } = readProse("scripts/up", "#!/bin/sh\n# One\n# two.\necho \"three four\" 'five'\n");
  assert.deepEqual(prose.map(({ text }) => text), ["One two.", "three four", "five"]);
});
