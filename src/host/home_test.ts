import assert from "node:assert/strict";
import { createHome, resolveHome } from "./home.ts";

Deno.test("resolveHome() on Linux prefers WINDLASS_HOME, then XDG_DATA_HOME, then HOME", () => {
  assert.equal(
    resolveHome({ WINDLASS_HOME: "/a/b", XDG_DATA_HOME: "/x", HOME: "/h" }, "linux").root,
    "/a/b",
  );
  assert.equal(resolveHome({ XDG_DATA_HOME: "/x", HOME: "/h" }, "linux").root, "/x/windlass");
  assert.equal(resolveHome({ HOME: "/h" }, "linux").root, "/h/.local/share/windlass");
});

Deno.test("resolveHome() on Windows prefers WINDLASS_HOME, then LOCALAPPDATA", () => {
  const LOCALAPPDATA = "C:\\Users\\me\\AppData\\Local";
  assert.equal(resolveHome({ WINDLASS_HOME: "D:\\wl", LOCALAPPDATA }, "windows").root, "D:\\wl");
  assert.equal(resolveHome({ LOCALAPPDATA, HOME: "/h" }, "windows").root, `${LOCALAPPDATA}\\Windlass`);
});

Deno.test("resolveHome() cleans the path, so that one folder is one instance", () => {
  assert.equal(resolveHome({ WINDLASS_HOME: "/a//b/../c/" }, "linux").root, "/a/c");
  assert.equal(resolveHome({ WINDLASS_HOME: "D:/a//b/../c/" }, "windows").root, "D:\\a\\c");
});

Deno.test("resolveHome() knows the default home, however it is named", () => {
  const LOCALAPPDATA = "C:\\Users\\me\\AppData\\Local";
  const named = { WINDLASS_HOME: "c:/users/ME/appdata/local/windlass/", LOCALAPPDATA };
  assert.equal(resolveHome(named, "windows").isDefault, true);
  assert.equal(resolveHome({ WINDLASS_HOME: "D:\\wl", LOCALAPPDATA }, "windows").isDefault, false);
  assert.equal(
    resolveHome({ WINDLASS_HOME: "/h/.local/share/windlass/", HOME: "/h" }, "linux").isDefault,
    true,
  );
  assert.equal(resolveHome({ WINDLASS_HOME: "/a", HOME: "/h" }, "linux").isDefault, false);
});

Deno.test("resolveHome() on Windows gives the default home the plain pipe", () => {
  const home = resolveHome({ LOCALAPPDATA: "C:\\Users\\me\\AppData\\Local" }, "windows");
  assert.equal(home.instance, undefined);
  assert.equal(home.dockerSocket, "windlass_engine");
  assert.equal(home.dockerHost, "npipe:////./pipe/windlass_engine");
});

Deno.test("resolveHome() on Windows distinguishes other homes, but not by the case of their names", () => {
  const one = resolveHome({ WINDLASS_HOME: "D:\\Windlass" }, "windows");
  assert.equal(one.instance, "af5d2281");
  assert.equal(one.dockerSocket, "windlass_engine-af5d2281");
  assert.equal(resolveHome({ WINDLASS_HOME: "d:\\windlass" }, "windows").instance, one.instance);
  assert.notEqual(resolveHome({ WINDLASS_HOME: "D:\\Windlass2" }, "windows").instance, one.instance);
});

Deno.test("resolveHome() refuses a relative WINDLASS_HOME", () => {
  for (const [root, system] of [["state", "linux"], ["D:state", "windows"]] as const) {
    assert.throws(() => resolveHome({ WINDLASS_HOME: root }, system), {
      code: "WL_HOME_INVALID",
      message: `Cannot use WINDLASS_HOME: '${root}' is not an absolute path`,
      remedy: "Set WINDLASS_HOME to an absolute path of a folder that you can write to, or unset it.",
    });
  }
});

Deno.test("resolveHome() on Windows refuses what is not on a drive", () => {
  for (const root of ["\\\\server\\share\\wl", "\\wl"]) {
    assert.throws(() => resolveHome({ WINDLASS_HOME: root }, "windows"), {
      code: "WL_HOME_INVALID",
      message: `Cannot use WINDLASS_HOME: '${root}' is not on a drive of this machine`,
      remedy: "Set WINDLASS_HOME to a folder such as 'D:\\Windlass', or unset it.",
    });
  }
});

Deno.test("resolveHome() refuses a path that no socket fits into", () => {
  const root = `/${"a".repeat(100)}`;
  assert.throws(() => resolveHome({ WINDLASS_HOME: root }, "linux"), {
    code: "WL_HOME_INVALID",
    message:
      `Cannot use WINDLASS_HOME: the socket path '${root}/docker.sock' has 113 bytes, the limit is 107`,
  });
});

Deno.test("resolveHome() says so when no variable is set", () => {
  assert.throws(() => resolveHome({}, "linux"), {
    code: "WL_HOME_INVALID",
    message: "Cannot find the data folder: neither WINDLASS_HOME nor HOME is set",
  });
  assert.throws(() => resolveHome({}, "windows"), {
    code: "WL_HOME_INVALID",
    message: "Cannot find the data folder: neither WINDLASS_HOME nor LOCALAPPDATA is set",
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

Deno.test("createHome() refuses a home, or a folder of it, that others can write to", async () => {
  const root = await Deno.makeTempDir();
  try {
    const home = resolveHome({ WINDLASS_HOME: root });
    await createHome(home);
    for (const path of [home.logDirectory, root]) {
      await Deno.chmod(path, 0o770);
      await assert.rejects(createHome(home), {
        code: "WL_HOME_INVALID",
        message: `Cannot use '${root}': other users can write to '${path}'`,
        remedy: "Make sure that no one else has put anything into it, then run 'chmod go-w' on it, " +
          "or set WINDLASS_HOME to a folder of your own.",
      });
      await Deno.chmod(path, 0o700);
    }
    await createHome(home);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
