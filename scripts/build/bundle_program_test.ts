import assert from "node:assert/strict";
import { bundleInParts, withMappedImports } from "./bundle_program.ts";
import { hashFile } from "./compressed_component.ts";

Deno.test("withMappedImports() changes imports of other parts, and nothing else", () => {
  const text =
    'import{a}from"./chunk-AAAAAAAA.js";await import("./start-BBBBBBBB.js");log("./other.js","chunk-AAAAAAAA.js")';
  assert.equal(
    withMappedImports(text, { "chunk-AAAAAAAA.js": "chunk-1", "start-BBBBBBBB.js": "start" }),
    'import{a}from"app:chunk-1.js";await import(["app:start.js"][0]);log("./other.js","chunk-AAAAAAAA.js")',
  );
});

Deno.test("a program in parts does what its source says: it disposes of what it uses, and requires what the runtime has", async () => {
  const folder = await Deno.makeTempDir({ prefix: "windlass-bundle-" });
  try {
    await Deno.writeTextFile(
      `${folder}/old.cjs`,
      'class Old { static at = require("node:path").basename("/a/b"); } exports.name = Old.at;',
    );
    await Deno.writeTextFile(
      `${folder}/older.cjs`,
      'class Older { static at = require("node:path").dirname("/c/b"); } exports.name = Older.at;',
    );
    await Deno.writeTextFile(`${folder}/left.js`, 'import old from "./old.cjs"; console.log(old.name);');
    await Deno.writeTextFile(
      `${folder}/right.js`,
      `import old from "./older.cjs";
      const lock = () => ({ name: old.name, [Symbol.dispose]: () => console.log("unlocked") });
      function read() { using held = lock(); return held.name; }
      console.log(read());`,
    );
    await Deno.writeTextFile(`${folder}/main.ts`, 'await import("./left.js"); await import("./right.js");');
    const parts = await bundleInParts({ entry: `${folder}/main.ts`, output: `${folder}/parts` });
    const files = new Map<string, string>();
    for (const { name, path } of parts) {
      const file = `${folder}/parts/${(await hashFile(path)).digest}-${name}`;
      await Deno.rename(path, file);
      files.set(name, file);
    }
    const args = ["run", "-A", "--ext=js", "--no-config", `--import-map=${files.get("app-imports")!}`];
    const result = await new Deno.Command(Deno.execPath(), { args: [...args, files.get("app")!] }).output();
    const text = new TextDecoder();
    assert.deepEqual([text.decode(result.stdout), text.decode(result.stderr)], ["b\nunlocked\n/c\n", ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
