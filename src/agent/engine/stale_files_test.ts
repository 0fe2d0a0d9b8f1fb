import assert from "node:assert/strict";
import { namespaceMounts } from "./stale_files.ts";

Deno.test("namespaceMounts() are those of dockerd, the newest first", () => {
  const mountinfo = [
    "25 1 0:22 / /run rw - tmpfs tmpfs rw",
    "90 25 0:4 net:[4026532] /run/docker/netns/default rw - nsfs nsfs rw",
    "91 25 0:4 net:[4026533] /run/windlass/network rw - nsfs nsfs rw",
    "92 25 0:4 net:[4026534] /run/docker/netns/default rw - nsfs nsfs rw",
    "93 25 0:4 net:[4026535] /run/docker/netns/1a2b rw - nsfs nsfs rw",
    "",
  ].join("\n");
  assert.deepEqual(namespaceMounts(mountinfo), [
    "/run/docker/netns/1a2b",
    "/run/docker/netns/default",
    "/run/docker/netns/default",
  ]);
});
