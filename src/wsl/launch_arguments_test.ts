import assert from "node:assert/strict";
import { launchArguments } from "./launch_arguments.ts";

const LAUNCH = { distro: "Ubuntu", argv: ["/bin/id", "-u"] } as const;

Deno.test("launchArguments() is root in the root folder unless told otherwise", () => {
  const exec = ["--exec", "/bin/id", "-u"];
  const expected = ["--distribution", "Ubuntu", "--user", "root", "--cd", "/", ...exec];
  assert.deepEqual(launchArguments(LAUNCH), expected);
  assert.deepEqual(
    launchArguments({ ...LAUNCH, user: "me", cwd: "/home/me" }),
    ["--distribution", "Ubuntu", "--user", "me", "--cd", "/home/me", ...exec],
  );
});

Deno.test("launchArguments() leaves the user to the distro for null", () => {
  const expected = ["--distribution", "Ubuntu", "--cd", "/", "--exec", "/bin/id", "-u"];
  assert.deepEqual(launchArguments({ ...LAUNCH, user: null }), expected);
});
