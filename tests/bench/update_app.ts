import { join } from "node:path";
import { REPOSITORY } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";
import type { ComponentSource } from "../../scripts/build/component_source.ts";

/** What the bundler and the build's own modules read. */
const SOURCES = ["deno.json", "deno.lock", "mod.ts", "src", "scripts", "distro"];

/** A line that is changed: in a module of one command, and in one that nearly every part of the program imports. */
const CHANGES = {
  "app line of one command": { file: "src/cli/commands/logs.ts", from: "Cannot ", to: "Could not " },
  "app line that all parts share": {
    file: "src/errors/error_codes.ts",
    from: "Run 'windlass help' to see",
    to: "Run 'windlass help' and see",
  },
} as const;

/** What a changed line costs. */
export interface AppChange {
  readonly name: string;
  /** Components that a client fetches whole: they have another id. */
  readonly components: number;
  readonly megabytes: number;
}

/** Bundles the program as a release does, before and after each change, and sums up the components that became other ones. */
export async function measureAppChanges(work: string): Promise<readonly AppChange[]> {
  const before = await bundle(REPOSITORY, join(work, "before"));
  const known = new Set(before.map(({ id }) => id));
  const changes: AppChange[] = [];
  for (const [name, { file, from, to }] of Object.entries(CHANGES)) {
    const checkout = join(work, "checkout");
    await Deno.mkdir(checkout);
    for (const source of SOURCES) {
      await runChecked(["cp", "-r", join(REPOSITORY, source), join(checkout, source)]);
    }
    const text = await Deno.readTextFile(join(checkout, file));
    if (!text.includes(from)) throw new Error(`Cannot change '${file}': it does not contain "${from}"`);
    await Deno.writeTextFile(join(checkout, file), text.replace(from, to));
    const after = await bundle(checkout, join(work, "after"));
    const other = after.filter(({ id }) => !known.has(id));
    const bytes = other.reduce((sum, { length }) => sum + length, 0);
    changes.push({ name, components: other.length, megabytes: bytes / 1_000_000 });
    await Deno.remove(checkout, { recursive: true });
    await Deno.remove(join(work, "after"), { recursive: true });
  }
  return changes;
}

/** The program's components: ids, and lengths as a release has them. */
async function bundle(
  checkout: string,
  folder: string,
): Promise<{ readonly id: string; readonly length: number }[]> {
  // The module finds its checkout by its own path.
  const bundler = new URL("scripts/build/bundle_program.ts", `file://${checkout}/`).href;
  const { bundleInParts }: typeof import("../../scripts/build/bundle_program.ts") = await import(bundler);
  const components: readonly ComponentSource[] = await bundleInParts({
    entry: "src/main.ts",
    output: folder,
  });
  const results: { id: string; length: number }[] = [];
  for (const { path } of components) {
    const { stdout } = await runChecked(["sha256sum", path]);
    await runChecked(["zstd", "-q", "-f", "-19", path, "-o", `${path}.zst`]);
    results.push({ id: stdout.slice(0, 64), length: (await Deno.stat(`${path}.zst`)).size });
  }
  return results;
}
