import assert from "node:assert/strict";
import { brokenMentions, decisionIds, packagesWithoutReason, type Tree } from "./check_mentions.ts";

const TREE: Tree = {
  paths: new Set(["docs", "docs/image.md", "src", "src/mux", "src/mux/README.md", "src/mux/frame.ts"]),
  names: new Set(["docs", "image.md", "src", "mux", "README.md", "frame.ts"]),
  decisions: new Set(["D-relay-1"]),
};

Deno.test("brokenMentions() accepts files, folders and decisions that exist", () => {
  const text =
    "See [mux](../src/mux/README.md#frames), [web](https://example.com/x.md), [here](#below), `src/mux/`, " +
    "`frame.ts`, `mux/frame.ts`, `windlass status`, `src/*/README.md`, `routes/x_routes.ts`, `this_x.ts` and D-relay-1.\n\n" +
    "```sh\ncat `src/none.ts`\n```\n";
  assert.deepEqual(brokenMentions("docs/image.md", text, TREE), []);
});

Deno.test("brokenMentions() names each link, path, file name and decision that does not exist", () => {
  const text = "[gone](gone.md) `src/mux/gone.ts` `gone.ts` `mux/gone.ts` D-relay-2";
  assert.deepEqual(brokenMentions("docs/image.md", text, TREE), [
    "docs/image.md: mentions D-relay-2, and docs/decisions has no such entry",
    "docs/image.md: links to docs/gone.md, which does not exist",
    "docs/image.md: names src/mux/gone.ts, which does not exist",
    "docs/image.md: names gone.ts, and no file has that name",
    "docs/image.md: names mux/gone.ts, and no file has that name",
  ]);
});

Deno.test("brokenMentions() checks only the decisions in sources", () => {
  assert.deepEqual(brokenMentions("src/a.ts", "/** `gone.ts`, D-relay-9 */", TREE), [
    "src/a.ts: mentions D-relay-9, and docs/decisions has no such entry",
  ]);
});

Deno.test("decisionIds() finds the headings of entries, replaced ones included", () => {
  assert.deepEqual(decisionIds("# Relay\n\n## D-relay-1: A\n\n## ~~D-relay-2: B~~\n\ntext D-relay-3\n"), [
    "D-relay-1",
    "D-relay-2",
  ]);
});

Deno.test("packagesWithoutReason() names each package that the table lacks", () => {
  assert.deepEqual(packagesWithoutReason(["hono", "zod"], "| `hono` | product | routing |"), [
    "docs/decisions/README.md: says nothing about zod, which deno.json imports",
  ]);
});
