import assert from "node:assert/strict";
import { join } from "node:path";
import {
  configuredHelpers,
  dockerConfigFile,
  missingCredentialHelpers,
} from "./missing_credential_programs.ts";

Deno.test("configuredHelpers() finds each helper with its line, in any configuration", () => {
  const text = JSON.stringify({
    credsStore: "desktop",
    credHelpers: { "gcr.io": "gcloud", "x": "../bad", "y": 7 },
  });
  assert.deepEqual(configuredHelpers(text), [
    { program: "docker-credential-desktop", line: '"credsStore": "desktop"' },
    { program: "docker-credential-gcloud", line: '"gcr.io": "gcloud"' },
  ]);
  for (const other of ["", "{", "[]", "null", '{"credsStore":""}', '{"credHelpers":null}']) {
    assert.deepEqual(configuredHelpers(other), []);
  }
});

Deno.test("dockerConfigFile() follows --config, DOCKER_CONFIG and the user's home", () => {
  const file = (args: string[], variables = {}) => dockerConfigFile(args, variables, "/root");
  assert.equal(file(["pull", "x"]), "/root/.docker/config.json");
  assert.equal(file(["pull", "--config", "/c"], { DOCKER_CONFIG: "/d" }), "/d/config.json");
  assert.equal(file(["--config", "/c", "pull"], { DOCKER_CONFIG: "/d" }), "/c/config.json");
  assert.equal(file(["-l", "--config", "--config=/e", "pull"]), "/e/config.json");
});

Deno.test("missingCredentialHelpers() leaves out what is in PATH", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "config.json");
    await Deno.writeTextFile(
      file,
      JSON.stringify({ credsStore: "gone", credHelpers: { a: "here", b: "gone" } }),
    );
    await Deno.writeTextFile(join(folder, "docker-credential-here"), "");
    await Deno.chmod(join(folder, "docker-credential-here"), 0o755);
    assert.deepEqual(
      await missingCredentialHelpers([], { DOCKER_CONFIG: folder, PATH: `/nowhere:${folder}` }),
      [{
        program: "docker-credential-gone",
        message: "Cannot use the credential helper 'docker-credential-gone': no such program in PATH. " +
          `Install it, or remove '"credsStore": "gone"' from '${file}'.\n`,
      }],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
