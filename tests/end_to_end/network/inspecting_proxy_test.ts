/** A company's proxy that opens TLS: what it shows is trusted once the machine trusts its authority, without a restart. */
import assert from "node:assert/strict";
import { IMAGE, openCompanyLab, proxyVariables } from "../../support/company_network/company_lab.ts";
import { eventually } from "../../support/eventually.ts";

Deno.test("the certificates of a proxy that opens TLS", async (test) => {
  await using lab = await openCompanyLab({ inspects: true, trusted: false, env: proxyVariables() });
  const { authority, company, docker, squid, windlass } = lab;
  const pull = () => docker.attempt(["pull", "--quiet", IMAGE]);

  await test.step("an authority that the machine does not know is refused, and the check says at which step", async () => {
    const { code, stderr } = await pull();
    assert.notEqual(code, 0);
    assert.match(stderr, /x509: certificate signed by unknown authority/);
    const { code: failed, stdout } = await windlass.attempt([
      ...["network", "check", "registry.internet.test", "--json"],
    ]);
    assert.notEqual(failed, 0);
    const { steps } = JSON.parse(stdout) as { steps: { step: string; result: string }[] };
    const results = Object.fromEntries(steps.map(({ step, result }) => [step, result]));
    assert.deepEqual([results["connect"], results["tls"]], ["ok", "failed"], stdout);
  });

  await test.step("once the machine trusts it, the next pulls work, with no command in between", async () => {
    await company.machine.trust(authority.root, authority.intermediate);
    await eventually(async () => {
      const { code, stderr } = await pull();
      assert.equal(code, 0, stderr);
    });
    assert.ok(
      (await squid.requests()).some((each) => each.startsWith("GET https://registry.internet.test/v2/")),
    );
    const report = await lab.report();
    assert.ok((report.certificates?.total ?? 0) >= 2, JSON.stringify(report.certificates));
    const check = await windlass.run(["network", "check", "registry.internet.test", "--json"]);
    assert.equal(JSON.parse(check).reached, true, check);
  });

  await test.step("once it trusts it no more, it is refused again; a running container is not stopped for it", async () => {
    await docker.run(["run", "-d", "--init", "--name", "idle", IMAGE, "sleep", "100000"]);
    const started = await docker.run(["inspect", "--format", "{{.State.StartedAt}}", "idle"]);
    await company.machine.trust();
    await eventually(async () =>
      assert.equal((await lab.report()).certificates?.engine, "at the next idle moment")
    );
    assert.equal((await pull()).code, 0); // dockerd has read its certificates, and a container runs
    assert.equal(await docker.run(["inspect", "--format", "{{.State.StartedAt}}", "idle"]), started);
    await docker.run(["rm", "--force", "idle"]);
    await docker.run(["rmi", "--force", IMAGE]);
    await eventually(async () => assert.match((await pull()).stderr, /x509/));
  });
});
