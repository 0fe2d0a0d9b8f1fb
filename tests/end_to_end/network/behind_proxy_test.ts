/** A machine of a company: the only way out is a proxy with sign-in, the registry's authority is the company's own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  IMAGE,
  LOGIN,
  openCompanyLab,
  PAGE,
  PAGE_TEXT,
  PRIVATE_REGISTRY,
  proxyUrl,
  proxyVariables,
} from "../../support/company_network/company_lab.ts";
import { eventually } from "../../support/eventually.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

/** With characters that a URL has to escape. */
const SIGN_IN = { user: "jane doe", password: "a:b@c/d#e" };

const TUNNEL = "CONNECT registry.internet.test:443";
const OURS = `${PRIVATE_REGISTRY}/team/hello`;

Deno.test("Docker behind the proxy of a company, with nothing set by hand", async (test) => {
  await using lab = await openCompanyLab({ signIn: SIGN_IN, env: proxyVariables(SIGN_IN) });
  const { docker, squid, windlass } = lab;
  await using project = await openTemporaryFolder("windlass-project");
  const write = (name: string, text: string) => Deno.writeTextFile(join(project.path, name), text);
  await write("Dockerfile", `FROM ${IMAGE}\nRUN wget -q -O /hello ${PAGE}\nCMD ["cat", "/hello"]\n`);

  await test.step("docker pull", async () => {
    await docker.run(["pull", "--quiet", IMAGE]);
    assert.ok((await squid.requests()).includes(TUNNEL), (await squid.requests()).join("\n"));
  });

  await test.step("docker run of an image that is pulled first, by its digest", async () => {
    const [digest] = JSON.parse(await docker.run(["inspect", "--format", "{{json .RepoDigests}}", IMAGE]));
    await docker.run(["rmi", "--force", IMAGE]);
    assert.equal(await docker.run(["run", "--rm", digest, "echo", "ran"]), "ran");
  });

  await test.step("the Docker CLI gives the proxy to builds and containers, without its password", async () => {
    const path = join(docker.env["DOCKER_CONFIG"]!, "config.json");
    await eventually(async () => {
      const { proxies } = JSON.parse(await Deno.readTextFile(path));
      assert.equal(proxies?.[docker.dockerHost]?.httpProxy, "http://http.docker.internal:3128");
    });
    assert.equal(await docker.run(["run", "--rm", IMAGE, "wget", "-q", "-O", "-", PAGE]), PAGE_TEXT);
    const variables = await docker.run(["run", "--rm", IMAGE, "env"]);
    assert.match(variables, /^https_proxy=http:\/\/http\.docker\.internal:3128$/m);
    assert.ok(!variables.includes("jane"), variables);
  });

  await test.step("docker build, from an image of the registry, with a download in it", async () => {
    await docker.run(["rmi", "--force", IMAGE]);
    await docker.run(["build", "--pull", "--tag", `${OURS}:1`, project.path]);
    assert.equal(await docker.run(["run", "--rm", `${OURS}:1`]), PAGE_TEXT);
    const history = await docker.run(["history", "--no-trunc", `${OURS}:1`]);
    assert.ok(!history.includes("docker.internal"), history);
  });

  await test.step("the same without BuildKit", async () => {
    const env = { DOCKER_BUILDKIT: "0" };
    await docker.run(["build", "--no-cache", "--tag", "classic", project.path], { env });
    assert.equal(await docker.run(["run", "--rm", "classic"]), PAGE_TEXT);
  });

  await test.step("docker login: a wrong password is refused by the registry, the right one accepted", async () => {
    const login = ["login", "--username", LOGIN.user, "--password-stdin", PRIVATE_REGISTRY];
    const refused = await docker.attempt(login, { stdin: "wrong" });
    assert.match(refused.stderr, /401 Unauthorized/);
    assert.match(await docker.run(login, { stdin: LOGIN.password }), /Login Succeeded/);
  });

  await test.step("docker push, and a pull of it", async () => {
    await docker.run(["push", "--quiet", `${OURS}:1`]);
    await docker.run(["rmi", "--force", `${OURS}:1`]);
    assert.equal(await docker.run(["run", "--rm", `${OURS}:1`]), PAGE_TEXT);
  });

  await test.step("docker buildx build --push, of an image that wants the login", async () => {
    await write("Dockerfile.second", `FROM ${OURS}:1\nRUN wget -q -O - ${PAGE} >>/hello\n`);
    const file = ["--file", join(project.path, "Dockerfile.second")];
    await docker.run(["buildx", "build", "--pull", "--push", "--tag", `${OURS}:2`, ...file, project.path]);
    assert.equal(
      await docker.run(["run", "--rm", "--pull", "always", `${OURS}:2`]),
      `${PAGE_TEXT}\n${PAGE_TEXT}`,
    );
  });

  await test.step("docker compose up pulls, builds, and its services reach each other and the internet", async () => {
    await docker.run(["rmi", "--force", IMAGE]);
    await write(
      "compose.yaml",
      `services:
  server:
    image: ${IMAGE}
    command: sh -c 'echo from the server >/tmp/page && httpd -f -p 8080 -h /tmp'
  client:
    build: .
    depends_on: [server]
    environment: { no_proxy: server, NO_PROXY: server }
    command: sh -c 'until wget -q -O - http://server:8080/page 2>/dev/null; do sleep 0.2; done; wget -q -O - ${PAGE}'
`,
    );
    const compose = ["compose", "--project-directory", project.path, "--project-name", "behind-proxy"];
    await docker.run([...compose, "up", "--build", "--no-log-prefix", "--exit-code-from", "client"]);
    const said = await docker.run([...compose, "logs", "--no-log-prefix", "client"]);
    assert.deepEqual(said.split("\n"), ["from the server", PAGE_TEXT]);
    await docker.run([...compose, "down", "--timeout", "0"]);
  });

  await test.step("windlass network says which way each host went, and no password", async () => {
    const report = await lab.report();
    const hosts = new Map(report.hosts.map((host) => [`${host.host}:${host.port}`, host]));
    const way = proxyUrl();
    for (const host of ["registry.internet.test:443", PRIVATE_REGISTRY, "www.internet.test:80"]) {
      assert.deepEqual([hosts.get(host)?.way, hosts.get(host)?.reached], [way, true], host);
    }
    assert.deepEqual([report.proxyInForce, report.containersUseProxy], [true, true]);
    const texts = [
      await windlass.run(["network"]),
      JSON.stringify(report),
      await windlass.run(["settings", "list"]),
      await windlass.logs(),
    ];
    for (const text of texts) {
      assert.ok(
        !text.includes(SIGN_IN.password) && !text.includes(encodeURIComponent(SIGN_IN.password)),
        text,
      );
    }
  });

  await test.step("windlass network check walks the whole way to a registry", async () => {
    const { reached, steps } = JSON.parse(
      await windlass.run(["network", "check", "registry.internet.test", "--json"]),
    );
    assert.equal(reached, true, JSON.stringify(steps));
  });
});
