import assert from "node:assert/strict";
import { wrappedText } from "./wrapped_text.ts";

Deno.test("wrappedText() fills lines, and leaves the last column free", () => {
  assert.equal(wrappedText("aaa bbb ccc ddd eee fff", 20, "  "), "  aaa bbb ccc ddd\n  eee fff\n");
  for (let columns = 20; columns < 60; columns++) {
    const text = wrappedText("Cannot use the distro: it runs with WSL 1 and not with WSL 2", columns, "    ");
    assert.ok(text.split("\n").every((line) => line.length < columns), `${columns}: ${text}`);
  }
});

Deno.test("wrappedText() divides no word, and ends in any terminal", () => {
  const path = "/usr/local/lib/docker/cli-plugins/docker-compose";
  assert.equal(wrappedText(`see ${path} now`, 24, ""), `see\n${path}\nnow\n`);
  assert.equal(wrappedText("one two", 0, "    "), "    one two\n");
});
