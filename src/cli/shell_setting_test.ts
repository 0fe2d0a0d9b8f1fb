import assert from "node:assert/strict";
import { type Shell, shellSetting } from "./shell_setting.ts";

for (
  const [shell, line] of [
    ["posix", "export DOCKER_HOST='unix:///it'\\''s here/d.sock'"],
    ["powershell", "$Env:DOCKER_HOST = 'unix:///it''s here/d.sock'"],
    ["cmd", 'set "DOCKER_HOST=unix:///it\'s here/d.sock"'],
  ] as [Shell, string][]
) {
  Deno.test(`shellSetting() for ${shell} quotes the value`, () => {
    assert.equal(shellSetting(shell, "DOCKER_HOST", "unix:///it's here/d.sock"), line);
  });
}
