import assert from "node:assert/strict";
import { join } from "node:path";
import { pack } from "../../../scripts/pack.ts";
import { VERSION } from "../../../src/version.ts";
import { startBareHost } from "../../support/bare_host.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { runChecked, runCommand } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

const PROJECT = join(REPOSITORY, "tests/end_to_end/api/client_project");

/** For npm and the compiler, which read thousands of files: far above what they take while other tests run. */
const LIMIT = { deadlineMilliseconds: 600_000 };

/** These tests are about Node; the machine that builds Windlass may have none. */
const hasNode = await runCommand(["npm", "--version"]).then(({ code }) => code === 0, () => false);

/** The first example of the package's README. */
async function readmeExample(): Promise<string> {
  const text = await Deno.readTextFile(join(REPOSITORY, "docs/client.md"));
  const [, example = ""] = /```js\n([^]*?)```/.exec(text) ?? [];
  assert.ok(example.includes("WindlassClient.connect()"));
  return example;
}

Deno.test({
  name:
    "The packed library installs into an empty Node project, whose README example runs on Node and on Deno",
  ignore: !hasNode,
  async fn() {
    await using host = await startBareHost();
    await using folder = await openTemporaryFolder("windlass-package");
    const tarball = await pack(join(folder.path, "packed"));
    const project = join(folder.path, "project");
    await Deno.mkdir(project);
    await Deno.writeTextFile(join(project, "package.json"), '{ "private": true }');
    await Deno.writeTextFile(join(project, "example.mjs"), await readmeExample());
    await runChecked(["npm", "install", "--no-audit", "--no-fund", tarball], {
      cwd: project,
      ...LIMIT,
    });
    const run = { ...LIMIT, cwd: project, env: { WINDLASS_HOME: host.instance.home } };
    const expected = [
      `Windlass ${VERSION}: the engine is stopped, DOCKER_HOST is unix://${host.instance.home}/docker.sock`,
      "status",
    ];
    for (const command of [["node"], [Deno.execPath(), "run", "-A", "--no-lock"]]) {
      const { stdout, stderr } = await runChecked([...command, "example.mjs"], run);
      assert.deepEqual(stdout.trimEnd().split("\n"), expected, stderr);
    }
    await host.instance.run(["stop"]);
    const { stderr } = await runChecked(["node", "example.mjs"], run);
    assert.match(stderr, /api\.json is missing \(WL_HOST_NOT_RUNNING\)\. Start it with 'windlass start'\./);
  },
});

Deno.test({
  name:
    "The packed library and a client generated from the API's document compile against it and work on Node",
  ignore: !hasNode,
  async fn() {
    await using host = await startBareHost();
    await using folder = await openTemporaryFolder("windlass-generated");
    const project = join(folder.path, "project");
    await runChecked(["cp", "-r", PROJECT, project]);
    const { url, token } = host.address;
    const response = await fetch(`${url}/v1/openapi.json`, { headers: { authorization: `Bearer ${token}` } });
    await Deno.writeTextFile(join(project, "openapi.json"), await response.text());
    const run = { ...LIMIT, cwd: project };
    await runChecked(["npm", "ci", "--no-audit", "--no-fund"], run);
    const tarball = await pack(join(folder.path, "packed"));
    await runChecked(["npm", "install", "--no-save", "--no-audit", "--no-fund", tarball], run);
    await runChecked(
      ["npx", "--no-install", "openapi-typescript", "openapi.json", "--output", "api.ts"],
      run,
    );
    await runChecked(["npx", "--no-install", "tsc"], run);
    const generated = await runChecked(["node", "built/generated_client.js", url, token], run);
    assert.deepEqual(JSON.parse(generated.stdout), {
      state: "stopped",
      line: true,
      stop: 202,
      code: "WL_API_INVALID",
    });
    const library = await runChecked(["node", "built/library.js", host.addressFile], run);
    assert.deepEqual(JSON.parse(library.stdout), {
      version: VERSION,
      first: "status",
      code: "WL_API_INVALID",
    });
  },
});
