/** Whom the host is taken for, and what of other hosts containers reach: two instances on one machine. */
import assert from "node:assert/strict";
import { startBareHost } from "../../support/bare_host.ts";
import { eventually } from "../../support/eventually.ts";
import { openPortLab } from "../../support/port_lab.ts";
import { TEST_IMAGE } from "../../support/test_image.ts";

Deno.test("two instances of a machine, and a port that a dead host has left", async (test) => {
  await using lab = await openPortLab();
  const { windlass, docker } = lab;
  const ask = (options: readonly string[], seconds: number, url: string, ...headers: string[]) =>
    docker.attempt([
      ...["run", "--rm", ...options, TEST_IMAGE, "wget", "-q", "-T", String(seconds), "-O", "-"],
      ...headers.flatMap((header) => ["--header", header]),
      url,
    ]);

  await test.step("no container reaches the control API of another instance, not even with its token", async () => {
    await using other = await startBareHost();
    const { token, url } = other.address;
    const { port } = new URL(url);
    for (const options of [[], ["--network", "host"]]) {
      const target = `http://host.docker.internal:${port}/v1/status`;
      const { code, stdout } = await ask(
        options,
        3,
        target,
        `Authorization: Bearer ${token}`,
        `Host: 127.0.0.1:${port}`,
      );
      assert.notEqual(code, 0);
      assert.equal(stdout, "");
    }
    const line = await windlass.run(["logs", "--json", "-n", "50"]);
    assert.ok(!line.includes(token));
  });

  await test.step("a port that a container publishes is reached as before", async () => {
    const published = await lab.serve("published", ["-p", "127.0.0.1:0:80"], ["http:80"]);
    assert.equal(published.code, 0, published.stderr);
    const [, port] = /:(\d+)$/m.exec(await docker.run(["port", "published", "80"])) ?? [];
    const { code, stderr } = await ask([], 60, `http://host.docker.internal:${port}/`);
    assert.equal(code, 0, stderr);
    await docker.run(["rm", "-f", "published"]);
  });

  await test.step("'windlass start' recovers while somebody answers on the port of a host that was killed", async () => {
    const { url, pid, token } = JSON.parse(await Deno.readTextFile(`${windlass.home}/api.json`));
    Deno.kill(pid, "SIGKILL");
    const requests: string[] = [];
    const over = Promise.withResolvers<void>();
    const listen = () =>
      Promise.resolve(Deno.serve(
        { hostname: "127.0.0.1", port: Number(new URL(url).port), onListen: () => {} },
        (request) => {
          requests.push([...request.headers].join());
          // Silence is the worst of it: a client that believes this host waits.
          return over.promise.then(() => new Response(null, { status: 503 }));
        },
      ));
    const stranger = await eventually(listen);
    try {
      await windlass.run(["start"]);
      const status = await windlass.status();
      assert.notEqual(status.host.pid, pid);
      assert.equal(status.engine.state, "running");
      assert.deepEqual(requests.filter((headers) => headers.includes(token)), []);
    } finally {
      over.resolve();
      await stranger.shutdown();
    }
  });
});
