/**
 * Runs inside deno.exe: one scenario of named pipes, by its name, against client programs. Prints `ok` at the end; a
 * failure, or a process that would not end by itself, fails the test that started this.
 */
import assert from "node:assert/strict";
import { SCENARIOS } from "./pipe_scenarios.ts";

const scenario = SCENARIOS[Deno.args[0] ?? ""];
assert.ok(scenario, `Cannot run '${Deno.args[0]}': there is no such scenario`);
await scenario();
console.log("ok");
