import assert from "node:assert/strict";
import fc from "fast-check";
import { windowsPaths } from "./windows_paths.ts";

const translate = windowsPaths({
  distroRoot: (distro) => distro.toLowerCase() === "debian" ? "/mnt/wsl/distros/debian" : undefined,
  shareRoot: (server, share) => server === "nas" ? `/mnt/wsl/shares/nas/${share}` : undefined,
  enginePipes: ["windlass_engine"],
});

/** Each form, and what the engine is to get. */
const TRANSLATIONS: readonly (readonly [string, string])[] = [
  ["C:\\Users\\me\\a b", "/mnt/c/Users/me/a b"],
  ["c:/Users/Me", "/mnt/c/Users/Me"],
  ["D:\\", "/mnt/d"],
  ["D:/", "/mnt/d"],
  ["C:\\a\\", "/mnt/c/a"],
  ["C:\\a\\..\\b\\.\\c", "/mnt/c/b/c"],
  ["C:\\..\\..\\etc", "/mnt/c/etc"],
  ["\\\\?\\C:\\long", "/mnt/c/long"],
  ["\\\\.\\C:\\device", "/mnt/c/device"],
  ["//?/C:/long", "/mnt/c/long"],
  ["/c/Users/me", "/mnt/c/Users/me"],
  ["/C/Users", "/mnt/c/Users"],
  ["/c", "/mnt/c"],
  ["//c/Users", "/mnt/c/Users"],
  ["//C/Users", "/mnt/c/Users"],
  ["c/Users", "/mnt/c/Users"],
  ["/run/desktop/mnt/host/c/x", "/mnt/c/x"],
  ["/host_mnt/D/x", "/mnt/d/x"],
  ["\\\\wsl$\\Debian\\home\\me", "/mnt/wsl/distros/debian/home/me"],
  ["\\\\wsl.localhost\\debian\\home\\me", "/mnt/wsl/distros/debian/home/me"],
  ["\\\\WSL.LocalHost\\Debian", "/mnt/wsl/distros/debian"],
  ["//wsl$/Debian/home", "/mnt/wsl/distros/debian/home"],
  ["\\\\?\\UNC\\wsl$\\Debian\\home", "/mnt/wsl/distros/debian/home"],
  ["\\\\wsl$\\Debian\\a\uf03ab\uf05cc", "/mnt/wsl/distros/debian/a:b\\c"],
  ["\\\\nas\\music\\a\\b", "/mnt/wsl/shares/nas/music/a/b"],
  ["\\\\?\\UNC\\nas\\music", "/mnt/wsl/shares/nas/music"],
  ["\\\\.\\pipe\\docker_engine", "/run/docker.sock"],
  ["//./pipe/docker_engine", "/run/docker.sock"],
  ["\\\\.\\pipe\\Windlass_Engine", "/run/docker.sock"],
];

for (const [source, expected] of TRANSLATIONS) {
  Deno.test(`windowsPaths() translates ${source}`, () => assert.equal(translate(source), expected));
}

Deno.test("windowsPaths() leaves volumes and paths of the engine distro", () => {
  for (
    const source of [
      "",
      "c",
      "volume",
      "C:",
      "C:relative",
      "/home/me",
      "/var/run/docker.sock",
      "//var/run/docker.sock",
      "/mnt/c/x",
      "/mnt/wsl/x",
      "/cc/x",
      "\\\\wsl$\\Unknown\\home",
      "\\\\server\\share",
      "\\\\.\\pipe\\other",
      "\\\\?\\Volume{1}\\x",
      ".\\x",
      "~/x",
    ]
  ) {
    assert.equal(translate(source), undefined, source);
  }
});

Deno.test("windowsPaths() changes nothing the second time", () => {
  const part = fc.constantFrom(
    "C",
    "c",
    ":",
    "/",
    "\\",
    "?",
    ".",
    "..",
    "wsl$",
    "nas",
    "Debian",
    "mnt",
    "x",
    "host_mnt",
  );
  fc.assert(fc.property(fc.array(part), (parts) => {
    const once = translate(parts.join("")) ?? parts.join("");
    assert.equal(translate(once) ?? once, once);
  }));
});

Deno.test("windowsPaths() answers with a clean absolute path that stays on its drive", () => {
  const part = fc.constantFrom("\\", "/", "..", ".", "a", "B", " ", "é");
  fc.assert(
    fc.property(fc.constantFrom("C:\\", "z:/", "/d/", "\\\\?\\E:\\"), fc.array(part), (drive, parts) => {
      assert.match(translate(drive + parts.join(""))!, /^\/mnt\/[a-z](\/(?!\.{0,2}(\/|$))[^/]+)*$/);
    }),
  );
});

Deno.test("windowsPaths() asks nobody when told of no other distros and shares", () => {
  assert.equal(windowsPaths()("\\\\wsl$\\Debian\\home"), undefined);
  assert.equal(windowsPaths()("\\\\nas\\music"), undefined);
});
