import assert from "node:assert/strict";
import fc from "fast-check";
import { addFolder, fitsPath, hasFolder, removeFolder } from "./path_text.ts";

const FOLDER = "C:\\Users\\Jo Müller\\AppData\\Local\\Programs\\Windlass";
const VARIABLES = { LOCALAPPDATA: "C:\\Users\\Jo Müller\\AppData\\Local" };

Deno.test("hasFolder() knows a folder in any of its spellings, and no other", () => {
  const spellings = [
    FOLDER,
    `${FOLDER}\\`,
    `"${FOLDER}"`,
    ` ${FOLDER.toUpperCase()} `,
    FOLDER.replaceAll("\\", "/"),
    "%LocalAppData%\\Programs\\Windlass",
  ];
  for (const spelling of spellings) {
    assert.equal(hasFolder(`C:\\x;${spelling};;C:\\y`, FOLDER, VARIABLES), true, spelling);
    assert.equal(addFolder(`C:\\x;${spelling}`, FOLDER, VARIABLES), `C:\\x;${spelling}`);
  }
  for (const other of ["", ";", `${FOLDER}2`, "%LOCALAPPDATA%", "%OTHER%\\Programs\\Windlass"]) {
    assert.equal(hasFolder(other, FOLDER, VARIABLES), false, other);
  }
});

Deno.test("addFolder() puts a folder behind all others, and removeFolder() takes just that away", () => {
  assert.equal(addFolder("", FOLDER, VARIABLES), FOLDER);
  assert.equal(addFolder("%X%;C:\\y;", FOLDER, VARIABLES), `%X%;C:\\y;;${FOLDER}`);
  assert.equal(removeFolder(`C:\\y;;${FOLDER}`, FOLDER), "C:\\y;");
  assert.equal(removeFolder(`C:\\y;${FOLDER}\\;C:\\z`, FOLDER), "C:\\y;C:\\z");
  assert.equal(removeFolder("C:\\y;;", FOLDER), "C:\\y;;");
  const entry = fc.constantFrom("", "C:\\y", "%SystemRoot%", " D:\\a b\\ ", '"C:\\q"', "C:\\Größe");
  fc.assert(fc.property(fc.array(entry), (entries) => {
    const text = entries.join(";");
    assert.equal(removeFolder(addFolder(text, FOLDER, VARIABLES), FOLDER), text);
  }));
});

Deno.test("fitsPath() refuses a folder that PATH would take apart or fill in", () => {
  assert.deepEqual(["C:\\a;b", "C:\\100%", 'C:\\"x"', FOLDER].map(fitsPath), [false, false, false, true]);
});
