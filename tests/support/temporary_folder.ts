import { removeIfPresent } from "../../src/files/if_present.ts";

/** A folder that exists as long as its owner. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Makes an empty folder that is removed, with all that is in it, on disposal. Nothing may be mounted in it
 * by then.
 */
export async function openTemporaryFolder(prefix: string): Promise<TemporaryFolder> {
  const path = await Deno.makeTempDir({ prefix: `${prefix}-` });
  await Deno.chmod(path, 0o755);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await removeIfPresent(path, { recursive: true });
    },
  };
}
