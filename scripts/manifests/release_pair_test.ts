import assert from "node:assert/strict";
import type { PlatformName, ReleaseDocument } from "../../src/update/release/release_document.ts";
import { createSignedChannel } from "../../tests/support/signed_channel.ts";
import { pairReleases, readChannelRelease } from "./release_pair.ts";

function release(platform: PlatformName, version = "1.2.3"): ReleaseDocument {
  const digest = (platform === "linux-x64" ? "a" : "b").repeat(64);
  return {
    format: 1,
    product: "windlass",
    channel: "stable",
    platform,
    version,
    published: "2026-11-23T01:00:00Z",
    minimumUpdater: 1,
    severity: "normal",
    notes: "Fixes.\n",
    rollout: { percent: 100, salt: version },
    withdrawn: [],
    dockerd: "28.5.2",
    undo: true,
    executable: { sha256: digest, length: 1_000 },
    components: [{
      name: "app",
      id: digest,
      length: 10,
      unpack: true,
      executable: false,
      full: { sha256: digest, length: 5 },
      deltas: [],
    }],
  };
}

const PAIR = {
  version: "1.2.3",
  published: "2026-11-23T01:00:00Z",
  notes: "Fixes.\n",
  notesUrl: undefined,
  executables: { "windows-x64": "b".repeat(64), "linux-x64": "a".repeat(64) },
};

Deno.test("pairReleases() joins the documents of both systems, and only those of one release", () => {
  assert.deepEqual(pairReleases([release("linux-x64"), release("windows-x64")]), PAIR);
  const refused: readonly [ReleaseDocument[], string][] = [
    [[release("windows-x64")], "there are 0 releases for linux-x64"],
    [[release("windows-x64"), release("windows-x64")], "there are 2 releases for windows-x64"],
    [[release("windows-x64"), release("linux-x64", "1.2.4")], "they are of stable 1.2.3 and stable 1.2.4"],
  ];
  for (const [documents, state] of refused) {
    assert.throws(() => pairReleases(documents), {
      code: "WL_BUILD_FAILED",
      message: `Cannot make manifests of these releases: ${state}`,
    });
  }
});

Deno.test("readChannelRelease() reads what the newest metadata of a channel folder leads to", async () => {
  await using channel = await createSignedChannel();
  await channel.publish([release("linux-x64", "1.2.2"), release("windows-x64", "1.2.2")]);
  await channel.publish([release("linux-x64"), release("windows-x64")]);
  assert.deepEqual(await readChannelRelease(channel.folder, "stable"), PAIR);
  await assert.rejects(readChannelRelease(channel.folder, "beta"), {
    message: "Cannot make manifests of these releases: there are 0 releases for windows-x64",
  });
});
