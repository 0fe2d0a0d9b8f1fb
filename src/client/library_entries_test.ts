import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** What `deno info --json` says of a module. `code` is absent where only types are imported. */
interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly { readonly code?: { readonly specifier: string } }[];
}

/** Every module that is loaded when `entry` is imported. */
async function loadedModules(entry: string): Promise<readonly string[]> {
  const url = new URL(`../../${entry}`, import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--quiet", "--json", fileURLToPath(url)],
    stderr: "inherit",
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: ModuleInfo[] };
  const found = new Set([url.href]);
  for (const specifier of found) {
    const { dependencies = [] } = modules.find((module) => module.specifier === specifier) ?? {};
    for (const { code } of dependencies) if (code !== undefined) found.add(code.specifier);
  }
  return [...found];
}

Deno.test("mod.ts loads no package: no schema, and so no zod", async () => {
  const loaded = await loadedModules("mod.ts");
  assert.ok(loaded.some((specifier) => specifier.endsWith("/src/client/windlass_client.ts")));
  assert.deepEqual(loaded.filter((specifier) => /^npm:|^jsr:|\/src\/api\//.test(specifier)), []);
});

Deno.test("schemas.ts loads zod and no other package", async () => {
  const loaded = await loadedModules("schemas.ts");
  assert.deepEqual(
    loaded.filter((specifier) => /^npm:|^jsr:/.test(specifier)).map((specifier) =>
      specifier.replace(/^npm:\/?/, "").replace(/@[\d.]+$/, "")
    ),
    ["zod"],
  );
});
