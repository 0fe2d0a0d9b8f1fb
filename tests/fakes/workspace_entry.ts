import type { WorkspaceEntry } from "../../src/workspaces/workspace_record.ts";

/** What the record says of a distro in which everything is placed. */
export const PLACED_ENTRY = {
  directory: null,
  token: "0".repeat(32),
  uid: 1000,
  gid: 0,
  mode: 0o600,
  automountRoot: "/mnt/",
  state: "placed",
  since: "2026-11-29T12:00:00.000Z",
  version: "1.0.0",
  manifest: [],
} as const satisfies WorkspaceEntry;
