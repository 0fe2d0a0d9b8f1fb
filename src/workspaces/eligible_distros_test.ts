import assert from "node:assert/strict";
import { ineligibility } from "./eligible_distros.ts";

Deno.test("ineligibility() is nothing for a distro of the user's", () => {
  for (
    const name of ["Ubuntu", "Ubuntu-24.04", "my_distro", "limax", "windlasses", "docker", "x".repeat(255)]
  ) {
    assert.equal(ineligibility({ name, version: 2 }), undefined, name);
  }
});

Deno.test("ineligibility() says why a distro cannot be a workspace, and what to do where something can be done", () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ["windlass", 2, "it is a part of Windlass"],
    ["windlass-beta-data", 2, "it is a part of Windlass"],
    ["docker-desktop-data", 2, "it is a part of Docker Desktop"],
    ["Rancher-Desktop", 2, "it is a part of Rancher Desktop"],
    ["podman-machine-default", 2, "it is a part of Podman"],
    ["lima-default", 2, "it is a part of Lima"],
    ["My Distro", 2, "its name has characters that WSL does not give names"],
    ["Größe", 2, "its name has characters that WSL does not give names"],
    ["__proto__", 2, "its name has characters that WSL does not give names"],
    ["..", 2, "its name has characters that WSL does not give names"],
    ["Ubuntu", 1, "it runs on WSL 1, whose kernel has no containers"],
  ];
  for (const [name, version, state] of cases) {
    const error = ineligibility({ name, version });
    assert.deepEqual([error?.code, error?.message], [
      "WL_WORKSPACE_INELIGIBLE",
      `Cannot use the distro '${name}' as a workspace: ${state}`,
    ]);
  }
  assert.equal(
    ineligibility({ name: "Ubuntu", version: 1 })?.remedy,
    "Convert it with 'wsl --set-version Ubuntu 2', and try again.",
  );
});
