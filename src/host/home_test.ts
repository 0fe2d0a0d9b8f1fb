import assert from "node:assert/strict";
import { createHome, resolveHome } from "./home.ts";

Deno.test("resolveHome() prefers WINDLASS_HOME, then XDG_DATA_HOME, then HOME", () => {
  assert.equal(resolveHome({ WINDLASS_HOME: "/a/b", XDG_DATA_HOME: "/x", HOME: "/h" }).root, "/a/b");
  assert.equal(resolveHome({ XDG_DATA_HOME: "/x", HOME: "/h" }).root, "/x/windlass");
  assert.equal(resolveHome({ HOME: "/h" }).root, "/h/.local/share/windlass");
});

Deno.test("resolveHome() cleans the path, so that one folder is one instance", () => {
  assert.equal(resolveHome({ WINDLASS_HOME: "/a//b/../c/" }).root, "/a/c");
});

Deno.test("resolveHome() refuses a relative WINDLASS_HOME", () => {
  assert.throws(() => resolveHome({ WINDLASS_HOME: "state" }), {
    code: "WL_HOME_INVALID",
    message: "Cannot use WINDLASS_HOME: 'state' is not an absolute path",
    remedy: "Set WINDLASS_HOME to an absolute path of a folder that you can write to, or unset it.",
  });
});

Deno.test("resolveHome() refuses a path that no socket fits into", () => {
  const root = `/${"a".repeat(100)}`;
  assert.throws(() => resolveHome({ WINDLASS_HOME: root }), {
    code: "WL_HOME_INVALID",
    message:
      `Cannot use WINDLASS_HOME: the socket path '${root}/docker.sock' has 113 bytes, the system allows 107`,
  });
});

Deno.test("resolveHome() says so when no variable is set", () => {
  assert.throws(() => resolveHome({}), {
    code: "WL_HOME_INVALID",
    message: "Cannot find the data folder: neither WINDLASS_HOME nor HOME is set",
  });
});

Deno.test("createHome() refuses a WINDLASS_HOME that is a file", async () => {
  const file = await Deno.makeTempFile();
  try {
    await assert.rejects(createHome(resolveHome({ WINDLASS_HOME: file })), {
      code: "WL_HOME_INVALID",
      message: `Cannot create '${file}': File exists (os error 17): mkdir '${file}'`,
    });
  } finally {
    await Deno.remove(file);
  }
});
