import assert from "node:assert/strict";
import { callerEnvironment } from "./caller_environment.ts";

Deno.test("callerEnvironment() gives back what the launcher has kept from the runtime, and nothing of the runtime's", () => {
  const given = callerEnvironment({
    HOME: "/root",
    DENO_DIR: "/home/deno",
    WINDLASS_HOME: "/srv/windlass",
    WINDLASS_CALLER_NODE_ENV: "production",
    WINDLASS_CALLER_DENO_DIR: "/root/.deno",
    WINDLASS_CALLER_PATH: "/evil",
  });
  assert.deepEqual(given, {
    HOME: "/root",
    WINDLASS_HOME: "/srv/windlass",
    NODE_ENV: "production",
    DENO_DIR: "/root/.deno",
    WINDLASS_CALLER_PATH: "/evil",
  });
});
