/** "A missing file is fine": everywhere that says so says it with these two. */

/** The result of the work, or `undefined` if a file that it needs is missing. Any other failure is passed on. */
export async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    return missing(error);
  }
}

/** {@linkcode unlessMissing} for work that is done when it returns. */
export function unlessMissingSync<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    return missing(error);
  }
}

function missing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
