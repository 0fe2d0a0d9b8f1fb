/**
 * Packs the client library as an npm tarball: `deno task pack` writes dist/windlass-windlass-VERSION.tgz. It contains
 * only the modules of the entries in deno.json, so it is packed from a folder that holds nothing else.
 */
import { dirname, join, relative } from "node:path";
import { runTool } from "./build/run_tool.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** The modules of this checkout that an entry consists of, types included, relative to the checkout. */
async function localModules(entry: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--quiet", "--json", entry],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: { local?: string }[] };
  return modules.flatMap(({ local }) => local?.startsWith(ROOT) ? [relative(ROOT, local)] : []).sort();
}

/** Makes the tarball and resolves to its path. */
export async function pack(folder: string): Promise<string> {
  const stage = await Deno.makeTempDir({ prefix: "windlass-pack-" });
  try {
    const { name, version, license, exports, compilerOptions, imports } = JSON.parse(
      await Deno.readTextFile(join(ROOT, "deno.json")),
    );
    const files = await Promise.all(Object.values<string>(exports).map(localModules));
    for (const file of new Set(files.flat())) {
      await Deno.mkdir(join(stage, dirname(file)), { recursive: true });
      await Deno.copyFile(join(ROOT, file), join(stage, file));
    }
    await Deno.copyFile(join(ROOT, "LICENSE"), join(stage, "LICENSE"));
    await Deno.copyFile(join(ROOT, "docs/client.md"), join(stage, "README.md"));
    await Deno.writeTextFile(
      join(stage, "deno.json"),
      JSON.stringify({ name, version, license, exports, compilerOptions, imports: { zod: imports.zod } }),
    );
    await Deno.mkdir(folder, { recursive: true });
    const tarball = join(folder, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
    await runTool([Deno.execPath(), "pack", "--quiet", "--no-source-maps", "--output", tarball], {
      cwd: stage,
    });
    return tarball;
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
}

if (import.meta.main) console.log(await pack(join(ROOT, "dist")));
