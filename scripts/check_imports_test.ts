import assert from "node:assert/strict";
import { importProblems } from "./check_imports.ts";

Deno.test("importProblems() lets a folder import itself and what its boundary names", () => {
  const text = 'import { a } from "./frame.ts";\nimport type { Duplex } from "../streams/duplex.ts";\n';
  assert.deepEqual(importProblems("src/mux/session.ts", text), []);
});

Deno.test("importProblems() names what crosses a boundary, also a lazy import over several lines", () => {
  const text = 'import {\n  a,\n} from "../host/host.ts";\nconst zod = await import("zod");\n';
  assert.deepEqual(importProblems("src/mux/session.ts", text), [
    "src/mux/session.ts: imports src/host/host.ts; src/mux/ may not: both ends of the link run it, so it knows neither WSL nor Docker",
    "src/mux/session.ts: imports zod; src/mux/ may not: both ends of the link run it, so it knows neither WSL nor Docker",
  ]);
});
