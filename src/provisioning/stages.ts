/** One step of a longer work. Repeating it, or the whole list, is always safe. */
export interface Stage<Name extends string> {
  readonly name: Name;
  /** Whether nothing is left to do here; asked right before the stage would run. */
  isDone(): Promise<boolean>;
  run(): Promise<void>;
}

/**
 * Runs those stages that are not done, in order. A process may die at any point: the same list, run again, ends
 * in the same state.
 */
export async function runStages<Name extends string>(
  stages: readonly Stage<Name>[],
  options: { readonly onStage: (name: Name) => void; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  for (const stage of stages) {
    options.signal?.throwIfAborted();
    if (await stage.isDone()) continue;
    options.onStage(stage.name);
    await stage.run();
  }
}
