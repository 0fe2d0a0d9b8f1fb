/**
 * Draws which folders of `src` import which: `docs/pictures/dependencies.svg`. With `--check` it writes nothing and
 * fails if the committed picture is stale.
 */
import { filesBelow } from "./files_below.ts";
import { dependencySvg } from "./pictures/dependency_svg.ts";
import { folderGraph } from "./pictures/folder_graph.ts";

const PICTURE = "docs/pictures/dependencies.svg";

async function readSources(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const path of filesBelow("src")) {
    if (path.endsWith(".ts")) files.set(path, await Deno.readTextFile(path));
  }
  return files;
}

if (import.meta.main) {
  const picture = dependencySvg(folderGraph(await readSources()));
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(PICTURE, picture);
  else if (await Deno.readTextFile(PICTURE).catch(() => "") !== picture) {
    console.error(`${PICTURE} is stale: run 'deno run -A scripts/draw_dependencies.ts' and commit it`);
    Deno.exit(1);
  }
}
