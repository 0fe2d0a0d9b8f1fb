/** A home with installed versions, for the tests of how the launcher chooses one. */
import assert from "node:assert/strict";
import { openVersionStore } from "../../support/open_version_store.ts";
import type { VersionStore } from "../../../src/payload/version_store.ts";
import { installProgram } from "../../support/installed_versions.ts";
import type { RunResult, SmallExecutable } from "../executable/small_executable.ts";

export const DAMAGED_REMEDY =
  "  WL_CURRENT_DAMAGED: Run 'windlass start', which writes it again; until then the version embedded in the executable runs.\n";
export const INCOMPLETE_REMEDY =
  "  WL_VERSION_INCOMPLETE: Run 'windlass update install' to install that version again; until then the previous version runs.\n";

/** A home with two installed versions, "one" and "two". */
export interface VersionLab {
  readonly home: string;
  readonly one: string;
  readonly two: string;
  readonly store: VersionStore;
  /** The program that a command runs, and what goes to stderr. */
  run(...args: readonly string[]): Promise<RunResult>;
  /** The same, for commands that must say nothing: `<trial>|<program>`. */
  runs(...args: readonly string[]): Promise<string>;
  indexOf(id: string): string;
}

export async function openVersionLab({ path, newHome, run }: SmallExecutable): Promise<VersionLab> {
  const home = newHome();
  const one = await installProgram(path, home, "one");
  const two = await installProgram(path, home, "two");
  return {
    home,
    one,
    two,
    store: await openVersionStore({ home, executable: path }),
    run: (...args) => run(home, args),
    runs: async (...args) => {
      const { code, stdout, stderr } = await run(home, args);
      assert.deepEqual([code, stderr], [0, ""]);
      const [id, trial, program, given] = stdout.split("|");
      assert.equal(id, { embedded: "embedded", one, two }[program!]);
      assert.equal(given, args.join(" "));
      return `${trial}|${program}`;
    },
    indexOf: (id) => `${home}/versions/${id}.index`,
  };
}
