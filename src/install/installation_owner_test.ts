import assert from "node:assert/strict";
import type { InstallMarker } from "./install_marker.ts";
import { type InstallationOwner, installationOwner } from "./installation_owner.ts";

const VARIABLES = {
  LOCALAPPDATA: "C:\\Users\\jo\\AppData\\Local",
  PROGRAMFILES: "C:\\Program Files",
  "ProgramFiles(x86)": "C:\\Program Files (x86)",
  ProgramData: "C:\\ProgramData",
  SCOOP: "D:\\my tools\\",
  SCOOP_GLOBAL: "",
};
const PROGRAMS = `${VARIABLES.LOCALAPPDATA}\\Programs\\Windlass\\windlass.exe`;

function marker(installedBy: InstallMarker["installedBy"]): InstallMarker {
  return { format: 1, installedBy, complete: true, path: null, files: [], folders: [] };
}

Deno.test("installationOwner() recognizes a package manager's folder of Windows", () => {
  const cases: readonly [path: string, owner: InstallationOwner][] = [
    [PROGRAMS, "direct"],
    ["C:\\Users\\jo\\Downloads\\windlass.exe", "direct"],
    ["C:\\Users\\jo\\scoop\\apps\\windlass\\current\\windlass.exe", "scoop"],
    ["C:/Users/jo/Scoop/Apps/windlass/1.0.0/windlass.exe", "scoop"],
    ["C:\\ProgramData\\scoop\\apps\\windlass\\current\\windlass.exe", "scoop"],
    ["d:\\My Tools\\apps\\windlass\\current\\windlass.exe", "scoop"],
    ["D:\\my tools\\windlass.exe", "direct"],
    [
      `${VARIABLES.LOCALAPPDATA}\\Microsoft\\WinGet\\Packages\\Windlass.Windlass_x\\windlass.exe`,
      "winget",
    ],
    ["C:\\Program Files\\WinGet\\Packages\\Windlass.Windlass_x\\windlass.exe", "winget"],
    ["c:\\program files\\Windlass\\windlass.exe", "managed"],
    ["C:\\Program Files (x86)\\Windlass\\windlass.exe", "managed"],
    ["C:\\Program Files of mine\\windlass.exe", "direct"],
  ];
  for (const [path, owner] of cases) {
    assert.equal(installationOwner(path, VARIABLES, { system: "windows" }), owner, path);
  }
});

Deno.test("installationOwner() recognizes a package manager's folder of Linux", () => {
  const cases: readonly [path: string, owner: InstallationOwner][] = [
    ["/root/.local/bin/windlass", "direct"],
    ["/usr/local/bin/windlass", "direct"],
    ["/opt/windlass/windlass", "direct"],
    ["/usr/bin/windlass", "managed"],
    ["/usr/local/../bin/windlass", "managed"],
    ["/nix/store/abc-windlass/bin/windlass", "managed"],
    ["/usrlocal/windlass", "direct"],
  ];
  for (const [path, owner] of cases) {
    assert.equal(installationOwner(path, {}, { system: "linux" }), owner, path);
  }
});

Deno.test("installationOwner() asks the marker, but believes a package manager's folder first", () => {
  const of = (path: string, by: InstallMarker["installedBy"]) =>
    installationOwner(path, VARIABLES, { marker: marker(by), system: "windows" });
  assert.equal(of(PROGRAMS, "user"), "direct");
  assert.equal(of(PROGRAMS, "winget"), "winget");
  assert.equal(of(PROGRAMS, "managed"), "managed");
  assert.equal(of("C:\\Users\\jo\\scoop\\apps\\windlass\\current\\windlass.exe", "user"), "scoop");
  assert.equal(of("C:\\Program Files\\Windlass\\windlass.exe", "user"), "direct");
});
