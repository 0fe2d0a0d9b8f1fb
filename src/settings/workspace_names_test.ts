import assert from "node:assert/strict";
import { parseSettingWords } from "./setting_text.ts";
import { checkSetting } from "./settings_schema.ts";
import { isDistroName, isSameDistro, parseWorkspaceWords } from "./workspace_names.ts";

Deno.test("parseWorkspaceWords() reads names in every form that a shell may make of them", () => {
  const names = ["Ubuntu", "Debian"];
  for (
    const words of [
      ["Ubuntu,Debian"],
      ["Ubuntu, Debian"],
      ["Ubuntu Debian"],
      ["Ubuntu", "Debian"], // PowerShell makes two words of Ubuntu,Debian
      ["Ubuntu,", "Debian"],
      ["'Ubuntu,Debian'"], // cmd.exe knows no such quotes
      ['["Ubuntu","Debian"]'],
      ['["Ubuntu",', '"Debian"]'],
      ["[Ubuntu,Debian]"], // cmd.exe and PowerShell 5.1 remove the quotes
      ["['Ubuntu','Debian']"],
      [",Ubuntu,,Debian,"],
    ]
  ) {
    assert.deepEqual(parseWorkspaceWords(words), names, words.join(" | "));
    assert.deepEqual(parseSettingWords("workspaces", words), names, words.join(" | "));
  }
});

Deno.test("parseWorkspaceWords() reads no name at all", () => {
  for (const words of [[""], ["[]"], ["[ ]"], [","], []]) assert.deepEqual(parseWorkspaceWords(words), []);
});

Deno.test("the setting takes names that WSL gives, and 'default'", () => {
  for (
    const value of [[], ["default"], ["Ubuntu-24.04", "my_distro", "default"], ["x".repeat(256)], ["..."]]
  ) {
    assert.deepEqual(checkSetting("workspaces", value), { value });
  }
});

Deno.test("the setting refuses names that WSL does not give, a name that is given twice, and a very long list", () => {
  for (const name of ["", ".", "..", "a/b", "..\\x", "my distro", "ü", "x".repeat(257), "a\n"]) {
    assert.equal(isDistroName(name), false, name);
    assert.deepEqual(checkSetting("workspaces", [name]), {
      invalid: `'${name}' is not a name that a distro can have`,
    });
  }
  assert.deepEqual(checkSetting("workspaces", ["Ubuntu", "ubuntu"]), { invalid: "'ubuntu' is named twice" });
  const many = Array.from({ length: 65 }, (_, index) => `d${index}`);
  assert.deepEqual(checkSetting("workspaces", many), { invalid: "there are more than 64" });
  assert.deepEqual(checkSetting("workspaces", "Ubuntu"), { invalid: "it must be a JSON array of texts" });
});

Deno.test("isSameDistro() ignores case, as WSL does", () => {
  assert.equal(isSameDistro("Ubuntu", "UBUNTU"), true);
  assert.equal(isSameDistro("Ubuntu", "Ubuntu-24.04"), false);
});
