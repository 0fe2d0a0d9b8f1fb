import assert from "node:assert/strict";
import { type InstallRequest, planInstall, uninstallEntry } from "./install_plan.ts";

const WINDOWS: InstallRequest = {
  system: "windows",
  environment: {
    LOCALAPPDATA: "C:\\Users\\Jo Müller\\AppData\\Local",
    APPDATA: "C:\\Users\\Jo Müller\\AppData\\Roaming",
  },
  path: true,
  installedBy: "user",
};
const LINUX: InstallRequest = {
  system: "linux",
  environment: { HOME: "/home/jo" },
  path: true,
  installedBy: "user",
};

Deno.test("planInstall() puts everything into folders of the user", () => {
  assert.deepEqual(planInstall(WINDOWS), {
    system: "windows",
    folder: "C:\\Users\\Jo Müller\\AppData\\Local\\Programs\\Windlass",
    program: "C:\\Users\\Jo Müller\\AppData\\Local\\Programs\\Windlass\\windlass.exe",
    menuEntry:
      "C:\\Users\\Jo Müller\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Windlass.lnk",
    path: true,
    installedBy: "user",
  });
  const { program, menuEntry } = planInstall(LINUX);
  assert.deepEqual([program, menuEntry], [
    "/home/jo/.local/bin/windlass",
    "/home/jo/.local/share/applications/windlass.desktop",
  ]);
});

Deno.test("planInstall() follows the folders that a user has moved or named", () => {
  assert.equal(
    planInstall({ ...WINDOWS, programsMenu: "D:\\Menu" }).menuEntry,
    "D:\\Menu\\Windlass.lnk",
  );
  assert.equal(
    planInstall({ ...WINDOWS, folder: "d:/Tools/Windlass/" }).program,
    "d:\\Tools\\Windlass\\windlass.exe",
  );
  assert.equal(planInstall({ ...LINUX, folder: "/srv//bin/" }).program, "/srv/bin/windlass");
  const moved = { ...LINUX, environment: { HOME: "/home/jo", XDG_DATA_HOME: "/data" } };
  assert.equal(planInstall(moved).menuEntry, "/data/applications/windlass.desktop");
});

Deno.test("planInstall() refuses folders that cannot be", () => {
  const cases: readonly [InstallRequest, string][] = [
    [{ ...WINDOWS, folder: "Tools" }, "Cannot install into 'Tools': the path is not absolute"],
    [{ ...WINDOWS, folder: "\\Tools" }, "Cannot install into '\\Tools': the path is not absolute"],
    [{ ...WINDOWS, folder: "C:\\" }, "Cannot install into 'C:\\': it is the root of a drive"],
    [
      { ...WINDOWS, folder: "C:\\a;b" },
      "Cannot install into 'C:\\a;b': a folder with '%' or ';' in its name cannot be in PATH",
    ],
    [{ ...LINUX, folder: "bin" }, "Cannot install into 'bin': the path is not absolute"],
  ];
  for (const [request, message] of cases) {
    assert.throws(() => planInstall(request), { code: "WL_INSTALL_FOLDER", message });
  }
  assert.equal(planInstall({ ...WINDOWS, folder: "C:\\a;b", path: false }).folder, "C:\\a;b");
  assert.throws(() => planInstall({ ...LINUX, environment: {} }), {
    code: "WL_HOME_INVALID",
    message: "Cannot find a folder to install into: HOME is not set",
  });
});

Deno.test("uninstallEntry() has what Windows shows and runs, with sizes in kilobytes", () => {
  assert.deepEqual(
    uninstallEntry({ folder: "C:\\a b", program: "C:\\a b\\windlass.exe" }, {
      version: "1.2.3",
      bytes: 1025,
    }),
    {
      DisplayName: "Windlass",
      DisplayVersion: "1.2.3",
      Publisher: "Windlass",
      DisplayIcon: "C:\\a b\\windlass.exe,0",
      InstallLocation: "C:\\a b",
      UninstallString: '"C:\\a b\\windlass.exe" uninstall --window',
      QuietUninstallString: '"C:\\a b\\windlass.exe" uninstall --quiet',
      URLInfoAbout: "https://windlass.example/",
      EstimatedSize: 2,
      NoModify: 1,
      NoRepair: 1,
    },
  );
});
