/**
 * Something that takes seconds to open and that all tests of a file can use: opened at the first call, disposed after the last
 * test.
 *
 * @example
 * ```ts
 * const windows = oncePerFile(openWine);
 * Deno.test("...", async () => {
 *   const wine = await windows();
 * });
 * ```
 */
export function oncePerFile<T extends AsyncDisposable>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  Deno.test.afterAll(async () => {
    await (await opened)?.[Symbol.asyncDispose]();
  });
  return () => opened ??= open();
}
