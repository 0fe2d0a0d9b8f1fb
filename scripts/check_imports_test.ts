import assert from "node:assert/strict";
import { importCircles, importProblems } from "./check_imports.ts";

Deno.test("importProblems() lets a folder import itself and what its boundary names", () => {
  const text = 'import { a } from "./frame.ts";\nimport type { Duplex } from "../streams/duplex.ts";\n';
  assert.deepEqual(importProblems("src/mux/session.ts", text), []);
});

Deno.test("importProblems() names what crosses a boundary, including a lazy import over several lines", () => {
  const text = 'import {\n  a,\n} from "../host/host.ts";\nconst zod = await import("zod");\n';
  assert.deepEqual(importProblems("src/mux/session.ts", text), [
    "src/mux/session.ts: imports src/host/host.ts; src/mux/ may not: both ends of the link run it, so it knows neither WSL nor Docker",
    "src/mux/session.ts: imports zod; src/mux/ may not: both ends of the link run it, so it knows neither WSL nor Docker",
  ]);
});

Deno.test("importProblems() lets others import the open part of an enclosed folder and nothing else", () => {
  const text =
    'import { a } from "../agent/protocol/json_lines.ts";\nimport { b } from "../agent/main.ts";\n';
  assert.deepEqual(importProblems("src/host/x.ts", text), [
    "src/host/x.ts: imports src/agent/main.ts; others see src/agent/protocol/ only: the agent runs in another machine; the two ends share the protocol and nothing else",
  ]);
  assert.deepEqual(importProblems("src/agent/x.ts", 'import "./main.ts";\n'), []);
  assert.deepEqual(importProblems("src/host/x_test.ts", text), []);
});

Deno.test("importCircles() names the files of a circle, including one of types and lazy imports", () => {
  const texts = new Map([
    ["src/a.ts", 'import { b } from "./b.ts";\n'],
    ["src/b.ts", 'import type { C } from "./c.ts";\nimport { d } from "./d.ts";\n'],
    ["src/c.ts", 'export const a = () => import("./a.ts");\n'],
    ["src/d.ts", ""],
  ]);
  assert.deepEqual(importCircles(texts), ["src/a.ts imports src/b.ts imports src/c.ts imports src/a.ts"]);
  texts.set("src/c.ts", 'import { d } from "./d.ts";\n');
  assert.deepEqual(importCircles(texts), []);
});
