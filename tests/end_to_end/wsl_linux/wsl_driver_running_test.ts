import assert from "node:assert/strict";
import { wslThat } from "./fake_wsl_driver.ts";

for (const [encoding, environment] of [["UTF-8", {}], ["UTF-16LE", { FAKE_WSL_OLD: "1" }]] as const) {
  Deno.test(`Wsl.running() reads the names in ${encoding}`, async () => {
    assert.deepEqual(await wslThat("good", {}, environment).running(), ["windlass"]);
  });

  for (const behaviour of ["stopped", "empty"]) {
    Deno.test(`Wsl.running() is empty for a wsl that calls that an error (${behaviour}, ${encoding})`, async () => {
      assert.deepEqual(await wslThat(behaviour, {}, environment).running(), []);
    });
  }
}

Deno.test("Wsl.running() rejects when wsl fails", async () => {
  await assert.rejects(wslThat("named").running(), {
    code: "WL_DISTRO_NOT_FOUND",
    message:
      "Cannot list the distros that run: there is no such distro; wsl ended with Wsl/Service/WSL_E_DISTRO_NOT_FOUND",
  });
});

Deno.test("Wsl.running() rejects when wsl fails without a word", async () => {
  await assert.rejects(wslThat("silent").running(), {
    code: "WL_WSL_FAILED",
    message: "Cannot list the distros that run: wsl ended with exit code 255",
  });
});
