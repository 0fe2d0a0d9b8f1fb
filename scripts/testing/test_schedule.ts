import { QUIET, type TestFile } from "./test_files.ts";

/**
 * The file to start next, or `undefined` while none may start. Long files come first, so that none of them is left
 * running alone at the end; files that need a quiet machine come last, one after the other. Pure.
 */
export function nextFile(
  waiting: readonly TestFile[],
  running: readonly TestFile[],
  slots: number,
): TestFile | undefined {
  if (running.length >= slots || running.some(isQuiet)) return undefined;
  const held = new Set(running.flatMap(({ locks }) => locks));
  const others = waiting.filter((file) => !isQuiet(file));
  const startable = others.filter(({ locks, suite, atOnce }) =>
    !locks.some((lock) => held.has(lock)) && running.filter((other) => other.suite === suite).length < atOnce
  );
  if (startable.length > 0) return longest(startable);
  return running.length === 0 && others.length === 0 ? longest(waiting) : undefined;
}

function isQuiet({ locks }: TestFile): boolean {
  return locks.includes(QUIET);
}

function longest(files: readonly TestFile[]): TestFile | undefined {
  return [...files].sort((one, other) => other.seconds - one.seconds)[0];
}

/** Options of {@linkcode runFiles}. */
export interface FileRun {
  readonly slots: number;
  /** Resolves, under the name of a suite, to whether its files may run; without an entry they may at once. */
  readonly ready: ReadonlyMap<string, Promise<boolean>>;
  /** Runs one file to its end; does not throw. */
  readonly run: (file: TestFile, waiting: number) => Promise<void>;
}

/** Runs the files side by side. Files of a suite that does not become ready are left out. */
export async function runFiles(files: readonly TestFile[], { slots, ready, run }: FileRun): Promise<void> {
  let waiting = files.filter(({ suite }) => !ready.has(suite));
  const running = new Map<TestFile, Promise<void>>();
  const settingUp = new Map<string, Promise<void>>();
  for (const [suite, isReady] of ready) {
    const add = async () => {
      if (await isReady) waiting = [...waiting, ...files.filter((file) => file.suite === suite)];
      settingUp.delete(suite);
    };
    settingUp.set(suite, add());
  }
  while (waiting.length > 0 || running.size > 0 || settingUp.size > 0) {
    const file = nextFile(waiting, [...running.keys()], slots);
    if (file !== undefined && !(isQuiet(file) && settingUp.size > 0)) {
      waiting = waiting.filter((other) => other !== file);
      running.set(file, run(file, waiting.length).finally(() => running.delete(file)));
      continue;
    }
    await Promise.race([...running.values(), ...settingUp.values()]);
  }
}
