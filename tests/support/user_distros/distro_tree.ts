import assert from "node:assert/strict";
import { runChecked } from "../run_command.ts";
import type { UserDistro } from "./user_distro.ts";

/** As {@linkcode filesOf}, of a distro that is stopped for it. */
export async function treeOf(distro: UserDistro): Promise<string[]> {
  await distro.terminate();
  return await filesOf(distro);
}

/** Kind, mode, owners, target or content of every file on the distro's disk. */
export async function filesOf(distro: UserDistro): Promise<string[]> {
  const list = "find . -printf '%p %y %m %U %G %l\\n'; find . -type f -print0 | xargs -0 sha256sum";
  const { stdout } = await runChecked(["sh", "-c", list], { cwd: distro.files });
  return stdout.split("\n").sort();
}

/** Asserts that two lists of a distro's files are the same, and shows no more than what differs. */
export function assertSameFiles(actual: readonly string[], expected: readonly string[]): void {
  const [now, before] = [new Set(actual), new Set(expected)];
  const added = actual.filter((line) => !before.has(line));
  const removed = expected.filter((line) => !now.has(line));
  assert.deepEqual({ added, removed }, { added: [], removed: [] });
}
