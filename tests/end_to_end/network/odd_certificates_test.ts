/** Certificates as they are found on machines: with a negative serial number, damaged, hundreds of them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { formatPem, parsePem } from "../../../src/certificates/pem.ts";
import { ODD_CURVE, ROOT } from "../../fakes/certificates.ts";
import type { KeyPair } from "../../support/company_network/authority.ts";
import { ADDRESSES, openCompanyNetwork } from "../../support/company_network/company_network.ts";
import { openRegistry } from "../../support/company_network/registry.ts";
import { pushBusybox } from "../../support/company_network/registry_images.ts";
import { eventually } from "../../support/eventually.ts";
import { runChecked } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

const FILE = "/usr/share/windlass/certificates/ca-certificates.crt";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** A root with the serial number -5, as appliances make them, and a server's certificate of it with -7. */
async function makeNegative(folder: string, address: string): Promise<KeyPair & { readonly root: string }> {
  const path = (name: string) => join(folder, name);
  await Deno.writeTextFile(path("extensions"), `subjectAltName=IP:${address}\n`);
  await runChecked([
    ...["openssl", "req", "-x509", ...NEW_KEY, "-subj", "/CN=Appliance", "-set_serial", "-5", "-days", "3"],
    ...["-keyout", path("root.key"), "-out", path("root.pem")],
  ]);
  await runChecked([
    ...["openssl", "req", ...NEW_KEY, "-subj", `/CN=${address}`],
    ...["-keyout", path("leaf.key"), "-out", path("leaf.csr")],
  ]);
  await runChecked([
    ...[
      "openssl",
      "x509",
      "-req",
      "-in",
      path("leaf.csr"),
      "-CA",
      path("root.pem"),
      "-CAkey",
      path("root.key"),
    ],
    ...["-set_serial", "-7", "-days", "3", "-extfile", path("extensions"), "-out", path("leaf.pem")],
  ]);
  const read = (name: string) => Deno.readTextFile(path(name));
  return { root: await read("root.pem"), certificate: await read("leaf.pem"), key: await read("leaf.key") };
}

/** So many certificates that differ; nobody can have a key for them. */
function many(count: number): string[] {
  const der = parsePem(ROOT)[0]!.der!;
  return Array.from({ length: count }, (_, index) => {
    const changed = der.slice();
    new DataView(changed.buffer).setUint16(changed.length - 2, index);
    return formatPem(changed);
  });
}

Deno.test("odd certificates of the user's machine", async (test) => {
  await using company = await openCompanyNetwork();
  await company.moveTo("anywhere");
  await using folder = await openTemporaryFolder("windlass-negative");
  const negative = await makeNegative(folder.path, ADDRESSES.outside);
  await using registry = await openRegistry({
    machine: company.servers,
    address: ADDRESSES.outside,
    port: 443,
    tls: negative,
  });
  await pushBusybox(registry, { name: "busybox:1", machine: company.servers });
  const image = `${ADDRESSES.outside}/busybox:1`;
  const damaged = [
    "-----BEGIN CERTIFICATE-----\nthis is not base64!\n-----END CERTIFICATE-----\n",
    formatPem(parsePem(ROOT)[0]!.der!.subarray(0, 200)),
    "\u0000\u0001 text that somebody has left here, ä\n",
    ODD_CURVE,
  ];
  await company.machine.trust(...damaged, ...many(300), negative.root, ...many(600).slice(300), ...damaged);
  await using windlass = await company.startWindlass({ env: { SSL_CERT_FILE: "", SSL_CERT_DIR: "" } });
  await using docker = await company.openDockerClient(windlass.dockerHost);

  await test.step("a negative serial number among 600 others and damaged ones is trusted at the first start", async () => {
    await docker.run(["pull", "--quiet", image]);
  });

  await test.step("what cannot be used is left out and counted", async () => {
    const lines = await windlass.run(["logs", "--source", "host", "--lines", "500"]);
    assert.match(lines, /network\.certificates\.read.*refused=4\b/);
  });

  await test.step("other programs than Go's read the bundle", async () => {
    await windlass.run(["settings", "set", "network.containerCertificates", "true"]);
    const bundle = await docker.run(["run", "--rm", image, "cat", FILE]);
    assert.ok(parsePem(bundle).length > 601);
    const file = join(folder.path, "bundle.pem");
    await Deno.writeTextFile(file, bundle);
    await runChecked(["openssl", "verify", "-CAfile", file, join(folder.path, "leaf.pem")]);
    const answer = await company.machine.run([
      ...[
        "curl",
        "--silent",
        "--show-error",
        "--fail",
        "--max-time",
        "60",
        "--noproxy",
        "*",
        "--cacert",
        file,
      ],
      `https://${ADDRESSES.outside}/v2/_catalog`,
    ]);
    assert.equal(answer.stdout.trim(), '{"repositories":["busybox"]}');
  });

  await test.step("the machine's certificates are kept while its bundle is gone", async () => {
    await company.machine.run(["rm", "/etc/ssl/certs/ca-certificates.crt"]);
    await eventually(async () => {
      const lines = await windlass.run(["logs", "--source", "host", "--lines", "500"]);
      assert.match(lines, /Cannot read the certificates of this machine: /);
    });
    const bundle = await docker.run(["run", "--rm", image, "cat", FILE]);
    assert.ok(bundle.includes(negative.root.split("\n")[3]!));
  });
});
