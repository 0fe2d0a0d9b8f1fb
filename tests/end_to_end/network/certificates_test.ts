/** Certificates that only the user's machine trusts, as companies have them: in dockerd, and in containers that want them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openAuthority } from "../../support/company_network/authority.ts";
import { ADDRESSES, openCompanyNetwork } from "../../support/company_network/company_network.ts";
import { openRegistry } from "../../support/company_network/registry.ts";
import { pushBusybox } from "../../support/company_network/registry_images.ts";
import { eventually } from "../../support/eventually.ts";
import { runChecked } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

/** With a slash, as dockerd is asked for it. */
const OWN_IMAGE = "example.test/own/certificates:1";
const FILE = "/usr/share/windlass/certificates/ca-certificates.crt";

/** The middle of a certificate, which no other one has. */
function partOf(pem: string): string {
  return pem.split("\n")[3]!;
}

Deno.test("certificates of the user's machine", async (test) => {
  await using company = await openCompanyNetwork();
  await company.moveTo("anywhere");
  await using authority = await openAuthority();
  await using later = await openAuthority();
  await using registry = await openRegistry({
    machine: company.servers,
    address: ADDRESSES.outside,
    port: 443,
    tls: await authority.issue(ADDRESSES.outside),
  });
  await using secondRegistry = await openRegistry({
    machine: company.servers,
    address: ADDRESSES.intranet,
    port: 443,
    tls: await later.issue(ADDRESSES.intranet),
  });
  await pushBusybox(registry, { name: "busybox:1", machine: company.servers });
  await pushBusybox(secondRegistry, { name: "busybox:1", machine: company.servers });
  await using windlass = await company.startWindlass({ env: { SSL_CERT_FILE: "", SSL_CERT_DIR: "" } });
  await using docker = await company.openDockerClient(windlass.dockerHost);
  const [image, secondImage] = [ADDRESSES.outside, ADDRESSES.intranet].map((address) =>
    `${address}/busybox:1`
  );

  /** Resolves once the host has restarted dockerd so many times, which it does when nothing uses it. */
  const dockerdRestarts = (times: number) =>
    eventually(async () => {
      const lines = await windlass.run(["logs", "--source", "host", "--lines", "500"]);
      assert.ok(lines.split("engine.dockerd.restart").length > times, lines);
      assert.equal((await windlass.status()).engine.state, "running");
    });

  await test.step("a registry whose root nobody trusts is refused", async () => {
    assert.match((await docker.attempt(["pull", image!])).stderr, /certificate signed by unknown authority/);
  });

  await test.step("a root that the machine gets to trust holds without a restart by hand", async () => {
    await company.machine.trust(authority.root, authority.intermediate);
    await dockerdRestarts(1);
    await eventually(() => docker.run(["pull", "--quiet", image!]));
  });

  await test.step("a container keeps running while dockerd has old certificates, and its end brings the new ones", async () => {
    await docker.run(["run", "--detach", "--name", "busy", image!, "sleep", "infinity"]);
    const startedAt = () => docker.run(["inspect", "--format", "{{.State.StartedAt}}", "busy"]);
    const before = await startedAt();
    await company.machine.trust(authority.root, authority.intermediate, later.root, later.intermediate);
    await eventually(async () => {
      const lines = await windlass.run(["logs", "--source", "agent", "--lines", "500"]);
      // At the start, and after each of the two changes.
      assert.ok(lines.split("agent.certificates.written").length > 3, lines);
    });
    assert.match(
      (await docker.attempt(["pull", secondImage!])).stderr,
      /certificate signed by unknown authority/,
    );
    assert.equal(await startedAt(), before);
    await docker.run(["rm", "--force", "busy"]);
    await dockerdRestarts(2);
    await eventually(() => docker.run(["pull", "--quiet", secondImage!]));
  });

  await test.step("containers get nothing unless a setting says so", async () => {
    const shown = await docker.run(["run", "--rm", image!, "sh", "-c", `env; ls ${FILE} 2>&1 || true`]);
    assert.doesNotMatch(shown, /SSL_CERT_FILE/);
    assert.match(shown, /No such file/);
  });

  await test.step("with the setting they get the bundle and the variables that they do not set", async () => {
    await windlass.run(["settings", "set", "network.containerCertificates", "true"]);
    const shown = await docker.run([
      ...["run", "--rm", "--read-only", "--env", "CURL_CA_BUNDLE=/mine", image!],
      ...["sh", "-c", `env; cat "$SSL_CERT_FILE"; echo x > ${FILE}; echo "written: $?"`],
    ]);
    assert.match(shown, new RegExp(`^SSL_CERT_FILE=${FILE}$`, "m"));
    assert.match(shown, new RegExp(`^NODE_EXTRA_CA_CERTS=${FILE}$`, "m"));
    assert.match(shown, /^CURL_CA_BUNDLE=\/mine$/m);
    assert.match(shown, /^written: [^0]/m);
    for (const { root, intermediate } of [authority, later]) {
      assert.ok(shown.includes(partOf(root)) && shown.includes(partOf(intermediate)));
    }
  });

  await test.step("a container can be made again of what inspect shows, as programs that update containers do", async () => {
    await docker.run(["create", "--name", "first", image!, "true"]);
    const [{ Config, HostConfig }] = JSON.parse(await docker.run(["inspect", "first"]));
    await runChecked([
      ...["curl", "--silent", "--show-error", "--fail-with-body", "--unix-socket", docker.socketPath],
      ...["--json", "@-", "http://localhost/containers/create?name=second"],
    ], { stdin: JSON.stringify({ ...Config, HostConfig }) });
    const shown = await docker.run(["inspect", "--format", "{{json .Mounts}}", "second"]);
    assert.equal(shown.split("/run/windlass/certificates").length - 1, 1);
  });

  await test.step("a label keeps them away", async () => {
    for (const label of ["windlass.certificates=false", "dev.orbstack.add-ca-certificates=false"]) {
      const shown = await docker.run(["run", "--rm", "--label", label, image!, "env"]);
      assert.doesNotMatch(shown, /SSL_CERT_FILE/);
    }
  });

  await test.step("what the image sets stays", async () => {
    const dockerfile = `FROM ${image}\nENV SSL_CERT_FILE=/of/the/image\n`;
    await docker.run(["build", "--quiet", "--tag", OWN_IMAGE, "-"], { stdin: dockerfile });
    const shown = await docker.run(["run", "--rm", OWN_IMAGE, "env"]);
    assert.match(shown, /^SSL_CERT_FILE=\/of\/the\/image$/m);
    assert.match(shown, new RegExp(`^REQUESTS_CA_BUNDLE=${FILE}$`, "m"));
  });

  await test.step("a step of a build gets the bundle as a secret, and the image keeps nothing of it", async () => {
    const bundle = await docker.run(["run", "--rm", image!, "cat", FILE]);
    await using folder = await openTemporaryFolder("windlass-build");
    await Deno.writeTextFile(join(folder.path, "certificates.pem"), bundle);
    await Deno.writeTextFile(
      join(folder.path, "Dockerfile"),
      [
        `FROM ${image}`,
        "RUN --mount=type=secret,id=certificates SSL_CERT_FILE=/run/secrets/certificates \\",
        `    sh -c 'grep -qF "${partOf(authority.root)}" "$SSL_CERT_FILE"'`,
        "",
      ].join("\n"),
    );
    await docker.run(
      ["build", "--quiet", "--secret", "id=certificates,src=certificates.pem", "--tag", "built", "."],
      { cwd: folder.path },
    );
    const shown = await docker.run([
      ...["run", "--rm", "--label", "windlass.certificates=false", "built"],
      ...["sh", "-c", "env; ls -A /run/secrets 2>/dev/null || true"],
    ]);
    assert.doesNotMatch(shown, /SSL_CERT_FILE|certificates/);
  });

  await test.step("a running container sees a change, and so does one that starts again with the engine", async () => {
    await docker.run([
      ...["run", "--detach", "--name", "lasting", "--restart", "always", image!],
      ...["sleep", "infinity"],
    ]);
    const bundle = () => docker.run(["exec", "lasting", "cat", FILE]);
    assert.ok((await bundle()).includes(partOf(later.root)));
    await company.machine.trust(authority.root, authority.intermediate);
    await eventually(async () => assert.ok(!(await bundle()).includes(partOf(later.root))));
    await windlass.run(["restart"]);
    await eventually(async () => {
      const text = await bundle();
      assert.ok(text.includes(partOf(authority.root)) && !text.includes(partOf(later.root)));
    });
  });
});
