import assert from "node:assert/strict";
import { componentHeader, componentTable, withComponentTable } from "./write_component_lists.ts";

const read = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));

Deno.test("withComponentTable() finds FORMAT.md as scripts/write_component_lists.ts leaves it", async () => {
  const format = await read("src/payload/FORMAT.md");
  assert.ok(format.includes(componentTable()), "run: deno run -A scripts/write_component_lists.ts");
  assert.equal(withComponentTable(format), format);
});

Deno.test("componentHeader() is the launcher's component_names.h", async () => {
  assert.equal(await read("src/launcher/component_names.h"), componentHeader());
});

Deno.test("the launcher names components by the macros of component_names.h alone", async () => {
  const names = [...componentHeader().matchAll(/"(.+)"/g)].map(([quoted]) => quoted);
  for (const folder of ["src/launcher/", "src/launcher/linux/", "src/launcher/windows/"]) {
    for await (const { name } of Deno.readDir(new URL(`../${folder}`, import.meta.url))) {
      if (!name.endsWith(".c")) continue;
      const calls = (await read(folder + name)).match(/payload_find\([^)]*"[^)]*\)/g) ?? [];
      assert.deepEqual(calls.filter((call) => names.some((quoted) => call.includes(quoted))), [], name);
    }
  }
});
