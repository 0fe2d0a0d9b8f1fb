/** The network proxy as dockerd and containers reach it inside the engine. */
import assert from "node:assert/strict";
import { openTinyproxy } from "../../support/company_network/proxies.ts";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import { openPortLab, type PortLab } from "../../support/port_lab.ts";
import { TEST_IMAGE } from "../../support/test_image.ts";

const PROXY = "http://http.docker.internal:3128";
/** Longest wait of a container for an answer, in seconds: far above what it takes while other tests run. */
const ANSWER_SECONDS = 60;

Deno.test("the network proxy inside the engine", async (test) => {
  await using lab = await openPortLab();
  const { docker, windlass } = lab;
  await using service = Deno.serve(
    { hostname: "127.0.0.1", port: freePorts(), onListen: () => {} },
    (request) => new Response(`for ${new URL(request.url).pathname}`),
  );
  const { port } = service.addr;
  await docker.run(["network", "create", "own"]);
  await docker.run(["network", "create", "--internal", "inside"]);

  await test.step("dockerd has it, with exceptions for what is inside", async () => {
    assert.equal(await info(lab, "HTTPProxy"), PROXY);
    assert.equal(await info(lab, "HTTPSProxy"), PROXY);
    assert.match(
      await info(lab, "NoProxy"),
      /^localhost,127\.0\.0\.0\/8,::1,host\.docker\.internal,gateway\.docker\.internal,[\d.]+\.0\/29,172\.17\.0\.0\/16$/,
    );
  });

  await test.step("containers reach it by its name on every network that leads out, and in builds", async () => {
    for (const network of ["bridge", "own", "host"]) {
      assert.equal(
        await fetchThrough(lab, network, `host.docker.internal:${port}/${network}`),
        `for /${network}`,
      );
    }
    const dockerfile = `FROM ${TEST_IMAGE}
RUN http_proxy=${PROXY} wget -q -T ${ANSWER_SECONDS} -O /answer http://host.docker.internal:${port}/build
CMD ["cat", "/answer"]
`;
    await docker.run(["build", "--tag", "built", "-"], { stdin: dockerfile });
    assert.equal(await docker.run(["run", "--rm", "built"]), "for /build");
  });

  await test.step("a network without a way out does not get one", async () => {
    const address = await addressOfProxy(lab);
    const { code, stderr } = await docker.attempt([
      ...["run", "--rm", "--network", "inside", "--env", `http_proxy=http://${address}:3128`, TEST_IMAGE],
      ...[
        "wget",
        "-q",
        "-T",
        String(ANSWER_SECONDS),
        "-O",
        "-",
        `http://host.docker.internal:${port}/inside`,
      ],
    ]);
    assert.notEqual(code, 0);
    assert.match(stderr, /Network is unreachable/);
  });

  await test.step("port 3128 of the engine is free for a container", async () => {
    const listen = "mkdir -p /www && echo mine >/www/index.html && exec httpd -f -p 3128 -h /www";
    await docker.run(["run", "-d", "--name", "squid", "--network", "host", TEST_IMAGE, "sh", "-c", listen]);
    await eventually(async () => {
      const wget = ["wget", "-q", "-T", String(ANSWER_SECONDS), "-O", "-", "http://127.0.0.1:3128/"];
      assert.equal(await docker.run(["run", "--rm", "--network", "host", TEST_IMAGE, ...wget]), "mine");
    });
    assert.equal(await fetchThrough(lab, "bridge", `host.docker.internal:${port}/still`), "for /still");
    await docker.run(["rm", "--force", "squid"]);
  });

  await test.step("the user's own 'proxies' replace it", async () => {
    await using users = await openTinyproxy({ port: freePorts() });
    const proxies = { "https-proxy": `http://host.docker.internal:${users.port}` };
    await windlass.run(["settings", "set", "engine.daemonOptions", JSON.stringify({ proxies })]);
    await windlass.run(["restart"]);
    assert.deepEqual([await info(lab, "HTTPProxy"), await info(lab, "NoProxy")], ["", ""]);
    await docker.attempt(["pull", "registry.example.test/a"]);
    await eventually(async () =>
      assert.deepEqual([...new Set(await users.requests())], ["CONNECT registry.example.test:443"])
    );
  });

  await test.step("a swarm of one machine starts and runs a service", async () => {
    await windlass.run(["settings", "set", "engine.daemonOptions", "{}"]);
    await windlass.run(["restart"]);
    await docker.run(["swarm", "init"]);
    await docker.run(["service", "create", "--detach", "--name", "sleeper", TEST_IMAGE, "sleep", "1000000"]);
    await eventually(async () =>
      assert.match(
        await docker.run(["service", "ps", "--format", "{{.CurrentState}}", "sleeper"]),
        /^Running/,
      )
    );
    await docker.run(["swarm", "leave", "--force"]);
  });
});

function info({ docker }: PortLab, field: string): Promise<string> {
  return docker.run(["info", "--format", `{{.${field}}}`]);
}

/** What a container gets for a URL, without its scheme, through the proxy. */
function fetchThrough({ docker }: PortLab, network: string, target: string): Promise<string> {
  return docker.run([
    ...["run", "--rm", "--network", network, "--env", `http_proxy=${PROXY}`, TEST_IMAGE],
    ...["wget", "-q", "-T", String(ANSWER_SECONDS), "-O", "-", `http://${target}`],
  ]);
}

async function addressOfProxy({ docker }: PortLab): Promise<string> {
  const lookUp = ["nslookup", "-type=a", "http.docker.internal"];
  const answer = await docker.run(["run", "--rm", TEST_IMAGE, ...lookUp]);
  const [, address] = /Name:\s+http\.docker\.internal\s+Address:\s+(\S+)/.exec(answer) ?? [];
  assert.ok(address !== undefined, answer);
  return address;
}
