import assert from "node:assert/strict";
import { join } from "node:path";
import { openAuthority } from "../../support/company_network/authority.ts";
import { openRegistry } from "../../support/company_network/registry.ts";
import { pushBusybox } from "../../support/company_network/registry_images.ts";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import { openOwnAddress } from "../../support/own_address.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { openWine } from "../support/wine.ts";
import { startWindowsInstance } from "../support/windows_instance.ts";

function scriptOf(name: string): string {
  return join(REPOSITORY, "tests/windows/network", name);
}

Deno.test("the certificate stores of Windows are read with what they say of each certificate", async () => {
  await using wine = await openWine();
  const { code, stdout, stderr } = await wine.run(wine.denoScript(scriptOf("certificates_program.ts")));
  assert.deepEqual({ code, stdout: stdout.trim() }, { code: 0, stdout: "ok" }, stderr);
});

Deno.test("docker.exe pulls from a registry whose root Windows gets to trust", async () => {
  // Docker takes registries of 127.0.0.0/8 without TLS.
  await using own = await openOwnAddress();
  const { address } = own;
  await using authority = await openAuthority();
  const port = freePorts();
  await using registry = await openRegistry({ address, port, tls: await authority.issue(address) });
  await pushBusybox(registry, { name: "busybox:1" });
  await using instance = await startWindowsInstance();
  const { docker, machine: { wine } } = instance;
  const image = `${address}:${port}/busybox:1`;
  assert.match((await docker.attempt(["pull", image])).stderr, /certificate signed by unknown authority/);

  const files = await Promise.all(
    ([["root.pem", authority.root], ["intermediate.pem", authority.intermediate]] as const).map(
      async ([name, pem]) => {
        await Deno.writeTextFile(join(wine.profile, name), pem);
        return wine.toWindows(join(wine.profile, name));
      },
    ),
  );
  const { code, stderr } = await wine.run(wine.denoScript(scriptOf("trust_program.ts"), files));
  assert.equal(code, 0, stderr);
  await eventually(async () => {
    assert.match(
      await instance.run(["logs", "--source", "host", "--lines", "500"]),
      /engine\.dockerd\.restart/,
    );
  });
  // Windows got the two one after the other, and dockerd may have been restarted for the first alone.
  await eventually(() => docker.run(["pull", "--quiet", image]));
});
