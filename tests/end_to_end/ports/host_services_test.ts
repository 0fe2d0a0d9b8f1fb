/** What containers reach of this machine: its services, including those on loopback alone, and never Windlass itself. */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import { openPortLab, type PortLab } from "../../support/port_lab.ts";
import { runChecked } from "../../support/run_command.ts";
import { TEST_IMAGE } from "../../support/test_image.ts";

/** Longest wait of a container for an answer that has to come, in seconds: far above what it takes while other tests run. */
const ANSWER_SECONDS = 60;
/** The same for an answer that must not come. */
const SILENCE_SECONDS = 3;

Deno.test("a container and the services of this machine", async (test) => {
  await using lab = await openPortLab();
  await using ipv4 = serve("127.0.0.1");
  await using ipv6 = serve("::1");

  for (const name of ["host.docker.internal", "gateway.docker.internal"]) {
    await test.step(`${name} reaches what listens on 127.0.0.1 or on ::1 alone`, async () => {
      assert.equal(await fetchInside(lab, [], `${name}:${ipv4.addr.port}`), "on 127.0.0.1");
      assert.equal(await fetchInside(lab, [], `${name}:${ipv6.addr.port}`), "on ::1");
    });
  }

  await test.step("it does so on every network, in a build, and by host-gateway", async () => {
    await lab.docker.run(["network", "create", "own"]);
    const target = `host.docker.internal:${ipv4.addr.port}`;
    assert.equal(await fetchInside(lab, ["--network", "own"], target), "on 127.0.0.1");
    assert.equal(await fetchInside(lab, ["--network", "host"], target), "on 127.0.0.1");
    const extra = ["--add-host", "my-machine:host-gateway"];
    assert.equal(await fetchInside(lab, extra, `my-machine:${ipv4.addr.port}`), "on 127.0.0.1");
    const dockerfile =
      `FROM ${TEST_IMAGE}\nRUN wget -q -O /answer http://${target}/\nCMD ["cat", "/answer"]\n`;
    await lab.docker.run(["build", "--tag", "built", "-"], { stdin: dockerfile });
    assert.equal(await lab.docker.run(["run", "--rm", "built"]), "on 127.0.0.1");
  });

  await test.step("large answers come whole", async () => {
    const target = `http://host.docker.internal:${ipv4.addr.port}/large`;
    const line = `wget -q -O - ${target} | wc -c`;
    assert.equal(await lab.docker.run(["run", "--rm", TEST_IMAGE, "sh", "-c", line]), String(LARGE_BYTES));
  });

  await test.step("other names are answered by the machine's name servers", async () => {
    const line = "nslookup -type=a no-such-host.invalid; true";
    // A question or its answer may be lost on the way to the machine's own servers: then it is asked again.
    await eventually(async () =>
      assert.match(
        await lab.docker.run(["run", "--rm", TEST_IMAGE, "sh", "-c", line]),
        /NXDOMAIN|SERVFAIL|can't/,
      ), 60_000);
  });

  await test.step("the control API is reached at no address, not even with the token", async () => {
    const { url, token } = JSON.parse(await Deno.readTextFile(`${lab.windlass.home}/api.json`));
    const port = new URL(url).port;
    const authorized = ["--header", `Authorization: Bearer ${token}`];
    assert.equal(
      (await runChecked([
        "curl",
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-H",
        authorized[1]!,
        `${url}/v1/status`,
      ])).stdout,
      "200",
    );

    const addresses = await everyAddress(lab);
    for (const network of [[], ["--network", "host"]]) {
      const lines = addresses.map((address) =>
        `(wget -q -T ${SILENCE_SECONDS} -O - --header 'Authorization: Bearer ${token}' http://${address}:${port}/v1/status ` +
        `&& echo REACHED ${address}) &`
      );
      // All at a time: most addresses do not answer at all.
      const line = `${lines.join(" ")} wait`;
      const { code, stdout, stderr } = await lab.docker.attempt(
        ["run", "--rm", ...network, TEST_IMAGE, "sh", "-c", line],
      );
      assert.deepEqual([code, stdout], [0, ""], stderr);
    }
  });

  await test.step("a service on loopback is reached by its name alone", async () => {
    const addresses = (await everyAddress(lab)).filter((each) => !each.startsWith("host."));
    const names = ["gateway.docker.internal", await hostAddress(lab)];
    const lines = addresses.map((address) => {
      const seconds = names.includes(address) ? ANSWER_SECONDS : SILENCE_SECONDS;
      return `echo "${address} $(wget -q -T ${seconds} -O - http://${address}:${ipv4.addr.port}/)" &`;
    });
    const stdout = await lab.docker.run(["run", "--rm", TEST_IMAGE, "sh", "-c", `${lines.join(" ")} wait`]);
    assert.deepEqual(
      stdout.split("\n").map((line) => line.trim()).sort(),
      addresses.map((address) => names.includes(address) ? `${address} on 127.0.0.1` : address).sort(),
    );
  });
});

const LARGE_BYTES = 20_000_000;

/** On a port that is nobody's on the other family: what a container asks for is tried on both. */
function serve(hostname: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname, port: freePorts(), onListen: () => {} },
    (request) =>
      new Response(
        new URL(request.url).pathname === "/large" ? new Uint8Array(LARGE_BYTES) : `on ${hostname}`,
      ),
  );
}

function fetchInside(lab: PortLab, options: readonly string[], target: string): Promise<string> {
  const wget = ["wget", "-q", "-T", String(ANSWER_SECONDS), "-O", "-", `http://${target}/`];
  return lab.docker.run(["run", "--rm", ...options, TEST_IMAGE, ...wget]);
}

async function hostAddress(lab: PortLab): Promise<string> {
  const answer = await lab.docker.run([
    "run",
    "--rm",
    TEST_IMAGE,
    "nslookup",
    "-type=a",
    "host.docker.internal",
  ]);
  const [, address] = /Name:\s+host\.docker\.internal\s+Address:\s+(\S+)/.exec(answer) ?? [];
  assert.ok(address !== undefined, answer);
  return address;
}

/** Every IPv4 address that a container may take for this machine: in its own network, the engine's, and beyond. */
async function everyAddress(lab: PortLab): Promise<string[]> {
  const inside = await lab.docker.run([
    ...["run", "--rm", "--network", "host", TEST_IMAGE, "sh", "-c"],
    "ip -4 addr show; ip -4 route show; cat /etc/resolv.conf",
  ]);
  const { stdout: outside } = await runChecked(["ip", "-4", "addr", "show"]);
  const { stdout: distro } = await runChecked(
    [
      lab.windlass.executable,
      "wsl",
      "-d",
      "windlass",
      "-u",
      "root",
      "--exec",
      "/bin/sh",
      "-c",
      "ip -4 addr; ip -4 route",
    ],
    { env: { WINDLASS_HOME: lab.windlass.home } },
  );
  const found = `${inside}\n${outside}\n${distro}`.match(/\b\d{1,3}(\.\d{1,3}){3}\b/g) ?? [];
  const names = ["host.docker.internal", "gateway.docker.internal"];
  const hosts = found.filter((address) => !/^127\.|\.255$|\.0$|^0\./.test(address));
  return [...new Set([...names, ...hosts, "192.168.65.7", "192.168.65.254"])];
}
