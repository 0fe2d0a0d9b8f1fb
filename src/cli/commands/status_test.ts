import assert from "node:assert/strict";
import { STATUS } from "../../../tests/fakes/api_fakes.ts";
import { describe } from "./status.ts";

Deno.test("describe() says that a resting engine starts with the next request, and lists the workspaces", () => {
  const text = describe({
    ...STATUS,
    engine: { ...STATUS.engine, state: "resting", dockerVersion: null, since: null },
    workspaces: [{ name: "Debian", state: "stopped" }, { name: "old", state: "missing" }],
  }, 0);
  assert.equal(
    text,
    `Windlass     1.2.3, process 42
Engine       resting; the next request starts Docker again
DOCKER_HOST  unix:///d.sock
Workspaces   Debian, stopped
             old, there is no such distro
Distro       windlass, abc
`,
  );
});

Deno.test("describe() leaves out workspaces where there are none", () => {
  assert.doesNotMatch(describe({ ...STATUS, workspaces: [] }, 0), /Workspaces/);
  assert.doesNotMatch(describe(STATUS, 0), /Workspaces/);
});
