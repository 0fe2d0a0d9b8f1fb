import assert from "node:assert/strict";
import { guestEnvironment, guestPath, hostPathOfWindowsPath } from "./guest_environment.ts";

/** The whole host is drive C. */
const EVERYTHING = { driveRoot: "/mnt/c", driveFolder: "/" };

function environment(caller: Record<string, string>): Record<string, string> {
  return guestEnvironment({ distro: "Debian", hostname: "box", interop: false, caller, ...EVERYTHING });
}

Deno.test("guestEnvironment() takes nothing of the caller unasked", () => {
  const { HOSTTYPE: _, PATH: path, ...others } = environment({ SECRET: "s", PATH: "/opt/bin" });
  assert.ok(!path?.includes("/opt"));
  assert.deepEqual(others, {
    NAME: "box",
    TERM: "xterm-256color",
    LANG: "en_US.UTF-8",
    WSL_DISTRO_NAME: "Debian",
    WSLENV: "",
  });
});

Deno.test("guestEnvironment() names the socket of interop where there is one", () => {
  const { WSL_INTEROP } = guestEnvironment({
    distro: "Debian",
    hostname: "box",
    interop: true,
    caller: {},
    ...EVERYTHING,
  });
  assert.equal(WSL_INTEROP, "/run/WSL/1_interop");
});

Deno.test("guestEnvironment() takes what WSLENV names, by its flags", () => {
  const got = environment({
    WSLENV: "A:B/p:C/l:D/u:E/w:F/x:G/up:UNSET",
    A: "a",
    B: "/srv",
    C: "/a:b:/",
    D: "d",
    E: "e",
    F: "f",
    G: "/g",
  });
  const { A, B, C, D, E, F, G, UNSET } = got;
  assert.deepEqual({ A, B, C, D, E, F, G, UNSET }, {
    A: "a",
    B: "/mnt/c/srv",
    C: "/mnt/c/a:b:/mnt/c",
    D: "d",
    E: undefined,
    F: undefined,
    G: "/mnt/c/g",
    UNSET: "",
  });
});

Deno.test("guestPath() finds no path where the distro does not see the host", () => {
  assert.equal(guestPath("/", EVERYTHING), "/mnt/c");
  assert.equal(guestPath("/a b", EVERYTHING), "/mnt/c/a b");
  assert.equal(guestPath("/a", { driveRoot: null, driveFolder: "/" }), null);
  assert.equal(guestPath("a", EVERYTHING), null);
});

Deno.test("guestPath() finds only what is in the folder that is drive C", () => {
  const drive = { driveRoot: "/mnt/c", driveFolder: "/srv/drive" };
  assert.equal(guestPath("/srv/drive", drive), "/mnt/c");
  assert.equal(guestPath("/srv/drive/a b", drive), "/mnt/c/a b");
  assert.equal(guestPath("/srv/drives", drive), null);
  assert.equal(guestPath("/", drive), null);
});

Deno.test("hostPathOfWindowsPath() reads C: in every form", () => {
  assert.equal(hostPathOfWindowsPath("C:\\srv\\data", "/"), "/srv/data");
  assert.equal(hostPathOfWindowsPath("c:/srv//x", "/"), "/srv/x");
  assert.equal(hostPathOfWindowsPath("C:", "/"), "/");
  assert.equal(hostPathOfWindowsPath("C:\\srv\\", "/drive"), "/drive/srv");
  assert.equal(hostPathOfWindowsPath("C:\\", "/drive"), "/drive");
  for (const path of ["/srv", "D:\\x", "C:relative", "srv", "~"]) {
    assert.equal(hostPathOfWindowsPath(path, "/"), null);
  }
});
