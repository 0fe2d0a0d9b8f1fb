import { cachePath } from "./repository.ts";
import { runChecked } from "./run_command.ts";

/** What `node` needs before the bundle: modules have no __dirname, but a part for ssh that is never used wants one. */
export const NODE_ARGUMENTS = ["--import", "data:text/javascript,globalThis.__dirname='/'"];

/**
 * Makes one file for Node.js of a program that uses dockerode, and returns where it is. Without the lock: the suite for
 * Linux loads the same packages by it. The native parts are optional, and only for ssh.
 */
export async function bundleForNode(program: string, name: string): Promise<string> {
  const bundle = cachePath("test-clients", `${name}.mjs`);
  // Another test may be reading the one that exists. The ending makes the bundler write what Node.js can load.
  const partial = cachePath("test-clients", `${name}.${crypto.randomUUID()}.partial.mjs`);
  const options = ["--no-lock", "--external", "*.node", "--platform", "deno", "--quiet", "--output", partial];
  await runChecked([Deno.execPath(), "bundle", ...options, program]);
  await Deno.rename(partial, bundle);
  return bundle;
}
