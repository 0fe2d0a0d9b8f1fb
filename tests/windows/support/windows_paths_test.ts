import assert from "node:assert/strict";
import { toLinuxPath, toWindowsPath } from "./windows_paths.ts";

Deno.test("toWindowsPath() names everything below drive Z", () => {
  assert.equal(toWindowsPath("/tmp/a b/ü.txt"), "Z:\\tmp\\a b\\ü.txt");
  assert.throws(() => toWindowsPath("a"), { message: "Cannot name 'a' on drive Z: it is not absolute" });
});

Deno.test("toWindowsPath() names what is in drive C there", () => {
  assert.equal(toWindowsPath("/p/c/a b", "/p/c"), "C:\\a b");
  assert.equal(toWindowsPath("/p/c", "/p/c"), "C:\\");
  assert.equal(toWindowsPath("/p/cd", "/p/c"), "Z:\\p\\cd");
});

Deno.test("toLinuxPath() knows drive Z and the prefix' drive C in either slash", () => {
  const cases = [
    ["Z:\\tmp\\x", "/tmp/x"],
    ["c:\\users\\root", "/p/drive_c/users/root"],
    ["C:/users/root", "/p/drive_c/users/root"],
    ["C:\\", "/p/drive_c"],
    ["C:", "/p/drive_c"],
  ] as const;
  for (const [windows, linux] of cases) assert.equal(toLinuxPath(windows, "/p/drive_c"), linux);
  assert.throws(() => toLinuxPath("D:\\x", "/p"), {
    message: "Cannot find 'D:\\x': it is not on drive C or Z",
  });
});
