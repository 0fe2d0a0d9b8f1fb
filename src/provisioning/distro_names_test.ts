import assert from "node:assert/strict";
import { distroNames } from "./distro_names.ts";

Deno.test("distroNames() are the plain names when the instance is the usual one", () => {
  assert.deepEqual(distroNames(), { engines: ["windlass", "windlass-b"], data: "windlass-data" });
});

Deno.test("distroNames() carry the suffix of an instance", () => {
  assert.deepEqual(distroNames("beta"), {
    engines: ["windlass-beta", "windlass-beta-b"],
    data: "windlass-beta-data",
  });
});

for (const instance of ["", "Beta", "a b", "-x", "data", "my-data", "b", "my-b", "data-b", "x".repeat(33)]) {
  Deno.test(`distroNames() refuses the instance name '${instance}'`, () => {
    assert.throws(() => distroNames(instance), {
      code: "WL_USAGE",
      message: `Cannot name the distros: the instance name is '${instance}'`,
    });
  });
}
