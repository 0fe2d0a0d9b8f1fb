import assert from "node:assert/strict";
import { parseDockerdLine } from "./dockerd_log.ts";
import { DockerdStory } from "./dockerd_process.ts";

function storyOf(...lines: string[]): DockerdStory {
  const story = new DockerdStory();
  for (const line of lines) story.take(parseDockerdLine(line, new Date(0)));
  return story;
}

Deno.test("DockerdStory reads the version from the line that states it", () => {
  assert.equal(storyOf("level=info msg=x").version, "unknown");
  assert.equal(storyOf('level=info msg="Docker daemon" commit=a version=28.5.2').version, "28.5.2");
});

Deno.test("DockerdStory.ending() names the status or signal and the last error", () => {
  assert.equal(storyOf().ending({ code: 137, signal: "SIGKILL" }), "signal SIGKILL");
  const story = storyOf(
    "level=error msg=first",
    "failed to start daemon: no space left on device",
    "level=info msg=y",
  );
  assert.equal(
    story.ending({ code: 1, signal: null }),
    "status 1: failed to start daemon: no space left on device",
  );
});
