import { runTool } from "./run_tool.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** What a bundle is made of. */
export interface BundleOptions {
  /** Entry module, relative to the checkout. */
  readonly entry: string;
  readonly output: string;
  readonly minify: boolean;
  readonly signal?: AbortSignal;
}

/** Makes one JavaScript file of a program and its dependencies; it runs without a network or a cache. */
export async function bundleProgram(options: BundleOptions): Promise<void> {
  const flags = [
    "--quiet",
    "--frozen",
    "--platform",
    "deno",
    ...options.minify ? ["--minify", "--keep-names"] : [],
  ];
  const command = [Deno.execPath(), "bundle", ...flags, "--output", options.output, options.entry];
  await runTool(command, { cwd: ROOT, ...(options.signal ? { signal: options.signal } : {}) });
}
