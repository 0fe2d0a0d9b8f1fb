import assert from "node:assert/strict";
import { FakeWorkspace, WORKSPACE_ENTRIES, WORKSPACE_FOLDER } from "../../../tests/fakes/fake_workspace.ts";
import { NEVER } from "../../timing/sleep.ts";
import { changedSource } from "./changed_source.ts";

Deno.test("changedSource() finds links that have taken the place of a folder", async () => {
  const files = new FakeWorkspace(WORKSPACE_ENTRIES);
  for (
    const [path, reason] of [
      ["", undefined],
      ["/home/me/real/deep", undefined],
      ["/home/me/missing/x", undefined],
      [
        "/home/me/absolute/deep",
        "'/home/me/absolute/deep' of 'Ubuntu-24.04' leads to '/home/me/real/deep' by now; create the container again",
      ],
      ["/home/me/top", "'/home/me/top' of 'Ubuntu-24.04' leads to '/' by now; create the container again"],
      [
        "/home/me/dangling",
        "'/home/me/dangling' cannot be mounted any more: the link '/home/me/dangling' leads to '/nowhere', which does not exist",
      ],
      [
        "/home/me/loop",
        "'/home/me/loop' cannot be mounted any more: it has too many levels of symbolic links",
      ],
    ] as const
  ) {
    assert.equal(await changedSource(WORKSPACE_FOLDER + path, "Ubuntu-24.04", files, NEVER), reason, path);
  }
});
