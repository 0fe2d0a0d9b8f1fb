/** Registries of this machine as dockerd reaches them, and what containers do not get of that. */
import assert from "node:assert/strict";
import { openRegistry } from "../../support/company_network/registry.ts";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import { openPortLab, type PortLab } from "../../support/port_lab.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { makeTestCertificate } from "../../support/test_certificates.ts";
import { TEST_IMAGE } from "../../support/test_image.ts";

Deno.test("registries of this machine, without any option", async (test) => {
  await using lab = await openPortLab();
  const { docker, windlass } = lab;
  await using plain = await openRegistry({ port: freePorts() });
  const names = ["localhost", "127.0.0.1", "host.docker.internal"];

  for (const name of names) {
    await test.step(`${name} takes pushes, pulls and builds over plain HTTP`, async () => {
      await useRegistry(lab, `${name}:${plain.port}`);
    });
  }

  await test.step("one with TLS is reached by the same names, with any certificate", async () => {
    await using folder = await openTemporaryFolder("windlass-registry-certificate");
    const { cert, key } = await makeTestCertificate(folder.path);
    await using secure = await openRegistry({ port: freePorts(), tls: { certificate: cert, key } });
    for (const name of names) await useRegistry(lab, `${name}:${secure.port}`);
  });

  await test.step("a container that listens on the same port of the engine comes first", async () => {
    const image = `localhost:${plain.port}/busybox:1`;
    const serve = `mkdir -p /v2 && echo {} >/v2/index.html && exec httpd -f -p 127.0.0.1:${plain.port}`;
    await docker.run(["run", "-d", "--name", "first", "--network", "host", TEST_IMAGE, "sh", "-c", serve]);
    // It knows no images: those are on the machine.
    await eventually(async () => {
      const { stderr } = await docker.attempt(["pull", image]);
      assert.match(stderr, /404 Not Found/);
    });
    await docker.run(["rm", "--force", "first"]);
    await docker.run(["pull", image]);
  });

  await test.step("where nobody listens, Docker says so", async () => {
    const port = freePorts();
    const expected = new RegExp(
      `502 Cannot connect to localhost:${port}: no container publishes this port, and no program of this machine takes it: `,
    );
    const pull = await docker.attempt(["pull", `localhost:${port}/busybox`]);
    assert.notEqual(pull.code, 0);
    assert.match(pull.stderr, expected);
    const build = await docker.attempt(["build", "-"], { stdin: `FROM localhost:${port}/busybox\n` });
    assert.notEqual(build.code, 0);
    assert.match(build.stderr, expected);
  });

  await test.step("containers on the host network keep a loopback of the engine's own", async () => {
    const line = `grep -w Groups: /proc/self/status; wget -q -O - http://127.0.0.1:${plain.port}/v2/ 2>&1`;
    const { stdout } = await docker.attempt([
      "run",
      "--rm",
      "--network",
      "host",
      TEST_IMAGE,
      "sh",
      "-c",
      line,
    ]);
    assert.match(
      stdout,
      /^Groups:\s+0\s+wget: can't connect to remote host \(127\.0\.0\.1\): Connection refused\s*$/,
    );
  });

  await test.step("a port that is not for containers is not for dockerd's loopback either", async () => {
    await windlass.run(["settings", "set", "ports.hostServices", "none"]);
    for (const name of ["localhost", "host.docker.internal"]) {
      const { code, stderr } = await docker.attempt(["pull", `${name}:${plain.port}/busybox:1`]);
      assert.notEqual(code, 0, stderr);
      if (name === "localhost") {
        assert.match(stderr, new RegExp(`: port ${plain.port} is not for containers$`, "m"));
      }
    }
    await windlass.run(["settings", "set", "ports.hostServices", "all"]);
  });

  await test.step("the user's own list of insecure registries does not replace this one", async () => {
    const options = JSON.stringify({ "insecure-registries": ["registry.example.test:5000"] });
    await windlass.run(["settings", "set", "engine.daemonOptions", options]);
    await windlass.run(["restart"]);
    await useRegistry(lab, `host.docker.internal:${plain.port}`);
    const listed = await docker.run(["info", "--format", "{{json .RegistryConfig.IndexConfigs}}"]);
    assert.match(listed, /registry\.example\.test:5000/);
  });
});

/** Pushes an image and gets it back, by a pull and by a build. */
async function useRegistry({ docker }: PortLab, registry: string): Promise<void> {
  const image = `${registry}/busybox:1`;
  await docker.run(["tag", TEST_IMAGE, image]);
  await docker.run(["push", image]);
  await docker.run(["rmi", image]);
  await docker.run(["pull", image]);
  await docker.run(["rmi", image]);
  await docker.run(["build", "--no-cache", "--pull", "-"], { stdin: `FROM ${image}\nRUN true\n` });
}
