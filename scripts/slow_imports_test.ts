import assert from "node:assert/strict";
import { slowImports } from "./slow_imports.ts";

Deno.test("slowImports() follows static imports, and neither types nor what is loaded later", () => {
  const texts = new Map([
    [
      "src/main.ts",
      'import { b } from "./b.ts";\nimport type { C } from "./c.ts";\nexport * from "./e.ts";\n',
    ],
    ["src/b.ts", 'import type { Socket } from "node:net";\nimport { d } from "./d.ts";\nimport "node:fs";\n'],
    ["src/c.ts", 'import { join } from "node:path";\n'],
    ["src/d.ts", 'import { a } from "./main.ts";\nconst net = await import("node:net");\n'],
    ["src/e.ts", 'export {\n  isIP,\n} from "node:net";\n'],
  ]);
  assert.deepEqual(slowImports(texts, { entry: "src/main.ts", without: ["node:"], why: "it is slow" }), [
    "src/main.ts imports src/b.ts imports node:fs; load it by import() where it is needed: it is slow",
    "src/main.ts imports src/e.ts imports node:net; load it by import() where it is needed: it is slow",
  ]);
});
