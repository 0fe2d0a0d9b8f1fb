import type { ReleaseDocument } from "../../src/update/release/release_document.ts";
import { UPDATE_OFFER } from "./fake_updates.ts";

/** When the release of {@linkcode RELEASE} was published. */
export const TIME = "2026-01-02T03:04:05.000Z";

/** The release that the channel of a world has. */
export const RELEASE: ReleaseDocument = {
  format: 1,
  product: "windlass",
  channel: "stable",
  platform: "linux-x64",
  version: "1.1.0",
  published: TIME,
  minimumUpdater: 1,
  severity: "normal",
  notes: UPDATE_OFFER.notes,
  rollout: { percent: 100, salt: "s" },
  withdrawn: [],
  dockerd: "28.5.2",
  undo: true,
  executable: { sha256: "e".repeat(64), length: 1_000 },
  components: [{
    name: "app",
    id: "a".repeat(64),
    length: 100,
    unpack: true,
    executable: false,
    full: { sha256: "b".repeat(64), length: 50 },
    deltas: [],
  }],
};
