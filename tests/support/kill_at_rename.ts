import { join } from "node:path";
import { compiledProgram } from "./compile_once.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";
import { exists } from "./test_rootfs.ts";

/** Where a process is killed: at the rename that gives a file whose path ends so its new content, which holds the text. */
export interface RenamePoint {
  readonly when: "before" | "after";
  readonly pathEnd: string;
  readonly text: string;
}

/** A trap for processes that are started with its environment. */
export interface RenameTrap extends AsyncDisposable {
  /** For the first process; those that it starts inherit it, and one of all is killed, once. */
  readonly env: Record<string, string>;
  /** Whether it has happened. */
  hasKilled(): Promise<boolean>;
}

/** Sets a trap: `kill -9` at one step of what is written to disk, without any hook in the program that is tried. */
export async function setRenameTrap(point: RenamePoint): Promise<RenameTrap> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-trap"));
  // A copy: the loader takes no path with a space, which that of the cache may have.
  const library = join(folder.path, "kill_at_rename.so");
  const compiled = await compiledProgram("tests/support/kill_at_rename.c", "-shared", "-fPIC", "-ldl");
  await Deno.copyFile(compiled, library);
  const token = join(folder.path, "token");
  await Deno.writeTextFile(token, "");
  const stack = owned.move();
  return {
    env: {
      LD_PRELOAD: library,
      KILL_AT_RENAME: `${point.when}:${point.pathEnd}:${point.text}`,
      KILL_TOKEN: token,
    },
    hasKilled: async () => !await exists(token),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
