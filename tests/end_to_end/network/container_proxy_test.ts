/** What containers reach through `http.docker.internal:3128`, and what they do not. */
import assert from "node:assert/strict";
import { openWebServer } from "../../support/company_network/web_server.ts";
import { freePorts } from "../../support/free_ports.ts";
import { openPortLab } from "../../support/port_lab.ts";
import { TEST_IMAGE } from "../../support/test_image.ts";

const PROXY = "http://http.docker.internal:3128";

Deno.test("containers and the network proxy", async (test) => {
  await using lab = await openPortLab();
  const { docker, windlass } = lab;
  await using web = await openWebServer({ port: freePorts() });
  await web.write("page", "a page of this machine\n");

  /** What busybox's wget prints in a container that has the proxy in its environment. */
  async function wget(...args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await docker.attempt([
      ...["run", "--rm", "-e", `http_proxy=${PROXY}`, TEST_IMAGE, "wget", "-q", "-O", "-"],
      ...args,
    ]);
    return stdout + stderr;
  }

  /** What comes back for a request as it stands. */
  async function raw(request: string): Promise<string> {
    const line = `printf '${request}' | nc http.docker.internal 3128`;
    return (await docker.attempt(["run", "--rm", TEST_IMAGE, "sh", "-c", line])).stdout;
  }

  await test.step("services of the machine, by the names that mean it", async () => {
    for (const name of ["host.docker.internal", "localhost", "127.0.0.1"]) {
      assert.equal(await wget(`http://${name}:${web.port}/page`), "a page of this machine\n", name);
    }
    const tunnel = await raw(
      `CONNECT localhost:${web.port} HTTP/1.1\\r\\n\\r\\nGET /page HTTP/1.0\\r\\n\\r\\n`,
    );
    assert.match(
      tunnel,
      /^HTTP\/1\.1 200 Connection established\r\n\r\nHTTP\/1\.[01] 200 OK[^]*a page of this machine\n$/,
    );
  });

  await test.step("no port of Windlass itself, by whatever text", async () => {
    const { url } = JSON.parse(await Deno.readTextFile(`${windlass.home}/api.json`));
    const { port } = new URL(url);
    const refusal = `Cannot connect: port ${port} is not for containers`;
    for (
      const host of [
        "localhost",
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "a.localhost.",
      ]
    ) {
      const answer = await raw(`CONNECT ${host}:${port} HTTP/1.1\\r\\n\\r\\n`);
      assert.ok(
        answer.startsWith(`HTTP/1.1 403 ${refusal} (WL_SERVICE_FORBIDDEN)\r\n`),
        `${host}: ${answer}`,
      );
    }
  });

  await test.step("nothing of the machine that the user does not allow", async () => {
    await windlass.run(["settings", "set", "ports.hostServices", "none"]);
    assert.match(
      await wget(`http://host.docker.internal:${web.port}/page`),
      /403 Forbidden|server returned error: HTTP\/1\.1 403 Cannot connect/,
    );
    await windlass.run(["settings", "set", "ports.hostServices", "all"]);
    assert.equal(await wget(`http://host.docker.internal:${web.port}/page`), "a page of this machine\n");
  });

  await test.step("a short name that only containers know is explained", async () => {
    const answer = await raw("GET http://api:8080/ HTTP/1.1\\r\\n\\r\\n");
    assert.ok(answer.startsWith("HTTP/1.1 502 Cannot connect to api:8080: "), answer);
    assert.match(
      answer,
      /What to do: If 'api' is a container, add it to the variable NO_PROXY of the program/,
    );
  });

  await test.step("the proxy says what it is", async () => {
    assert.match(await wget(`${PROXY}/`), /^This is the network proxy of Windlass/);
  });
});
