import assert from "node:assert/strict";
import { isWindlassError, WindlassClient } from "../../../mod.ts";
import { Status } from "../../../schemas.ts";
import { startBareHost } from "../../support/bare_host.ts";
import { eventually } from "../../support/eventually.ts";
import { processesOfInstance } from "../../support/process_tree.ts";
import { runChecked, runCommand } from "../../support/run_command.ts";
import { startWindlass } from "../../support/windlass_instance.ts";

/** Asks with curl: status code, and the body. */
async function curl(url: string, ...options: string[]): Promise<[number, string]> {
  const { stdout } = await runChecked([
    "curl",
    "--silent",
    "--noproxy",
    "*",
    "--write-out",
    "\n%{http_code}",
    ...options,
    url,
  ]);
  const end = stdout.lastIndexOf("\n");
  return [Number(stdout.slice(end + 1)), stdout.slice(0, end)];
}

/** A stop, in the middle of a start too: far above what it takes while other tests run. */
const STOPPED_MILLISECONDS = 120_000;
/** The port of a host that was killed may have gone to a connection of another test, for a while. */
const PORT_MILLISECONDS = 120_000;

const detail = (body: string) => JSON.parse(body).detail;

Deno.test("The API is on this machine alone, and its address for its user alone", async () => {
  await using host = await startBareHost();
  assert.equal((await Deno.stat(host.addressFile)).mode! & 0o777, 0o600);
  const { port } = new URL(host.address.url);
  const { stdout } = await runChecked([
    "ss",
    "--listening",
    "--tcp",
    "--numeric",
    "--no-header",
    `sport = ${port}`,
  ]);
  assert.deepEqual(stdout.trimEnd().split("\n").map((line) => line.split(/\s+/)[3]), [`127.0.0.1:${port}`]);
});

Deno.test("The API refuses foreign names and origins and missing tokens before any route", async () => {
  await using host = await startBareHost();
  const { url, token } = host.address;
  const { port } = new URL(url);
  const bearer = ["--header", `Authorization: Bearer ${token}`];
  for (const path of ["/v1/status", "/v1/no-such-route"]) {
    assert.equal((await curl(`${url}${path}`))[0], 401);
    assert.equal(
      (await curl(`${url}${path}`, "--header", `Authorization: Bearer ${"0".repeat(64)}`))[0],
      401,
    );
    assert.equal((await curl(`${url}${path}`, ...bearer, "--header", "Origin: https://evil.test"))[0], 403);
    assert.equal((await curl(`${url}${path}`, ...bearer, "--header", "Referer: https://evil.test/"))[0], 403);
    const [status, body] = await curl(
      `http://evil.test:${port}${path}`,
      ...bearer,
      "--resolve",
      `evil.test:${port}:127.0.0.1`,
    );
    assert.deepEqual([status, detail(body)], [
      403,
      `Cannot answer: the request is meant for 'evil.test:${port}'`,
    ]);
    assert.equal((await curl(`${url}${path}`, ...bearer, "--http1.0", "--header", "Host:"))[0], 403);
  }
  const [status, body] = await curl(
    `http://localhost:${port}/v1/status`,
    ...bearer,
    "--resolve",
    `localhost:${port}:127.0.0.1`,
  );
  assert.equal(status, 200);
  assert.equal(Status.parse(JSON.parse(body)).host.pid, host.address.pid);
});

Deno.test("The API refuses bodies and addresses that no request needs", async () => {
  await using host = await startBareHost();
  const { url, token } = host.address;
  const bearer = ["--header", `Authorization: Bearer ${token}`];
  const [long] = await curl(`${url}/v1/logs?source=${"x".repeat(3_000)}`, ...bearer);
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeFile(file, new Uint8Array(300_000));
    const [large] = await curl(`${url}/v1/stop`, ...bearer, "--data-binary", `@${file}`);
    const [chunked] = await curl(
      `${url}/v1/stop`,
      ...bearer,
      "--data-binary",
      `@${file}`,
      "--header",
      "Transfer-Encoding: chunked",
    );
    assert.deepEqual([long, large, chunked], [413, 413, 413]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("A page link opens the page once, and the page works with its cookie and its key", async () => {
  await using host = await startBareHost();
  const { url } = host.address;
  using client = new WindlassClient({ addressFile: host.addressFile });
  const link = await client.createPageLink();
  const jar = await Deno.makeTempFile();
  try {
    const [status, head] = await curl(link, "--cookie-jar", jar, "--dump-header", "-");
    const [, key] = /^location: \/#key=([0-9a-f]{64})\r$/m.exec(head) ?? [];
    assert.deepEqual([status, key?.length], [303, 64]);
    const [shown, page] = await curl(`${url}/`, "--cookie", jar);
    assert.equal(shown, 200);
    assert.match(page, /<title>Windlass<\/title>/);
    assert.ok(!page.includes(key!), "the page itself does not give the key away");
    assert.equal((await curl(link))[0], 401);
    assert.equal((await curl(`${url}/`))[0], 401);
    // A container's page on another port gets the cookie too.
    assert.equal((await curl(`${url}/v1/status`, "--cookie", jar))[0], 401);
    const header = ["--header", `Windlass-Page-Key: ${key}`];
    assert.equal((await curl(`${url}/v1/status`, ...header))[0], 401);
    assert.equal((await curl(`${url}/v1/status`, "--cookie", jar, ...header))[0], 200);
    const stop = (origin: string) =>
      curl(
        `${url}/v1/engine/stop`,
        "--cookie",
        jar,
        ...header,
        "--request",
        "POST",
        ...origin ? ["--header", `Origin: ${origin}`] : [],
      );
    assert.equal((await stop(""))[0], 403);
    assert.equal((await stop("https://evil.test"))[0], 403);
    assert.equal((await stop(url))[0], 202);
  } finally {
    await Deno.remove(jar);
  }
});

Deno.test("The token is in no log, no process list and no environment", async () => {
  await using host = await startBareHost();
  const { token } = host.address;
  using client = new WindlassClient({ addressFile: host.addressFile });
  await client.createPageLink();
  await client.engine.start();
  const processes = await processesOfInstance(host.instance.home);
  assert.ok(processes.length > 0);
  for (const { pid, arguments: words } of processes) {
    assert.ok(!words.join(" ").includes(token));
    assert.ok(!(await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => "")).includes(token));
  }
  await client.engine.stop();
  // The answer comes at once; until then files come and go.
  await eventually(
    async () => assert.equal((await client.status()).engine.state, "stopped"),
    STOPPED_MILLISECONDS,
  );
  const found = ["grep", "--recursive", "--files-with-matches", token, host.instance.home];
  const { stdout, stderr } = await runCommand(found);
  // A file that vanishes meanwhile, such as a log of yesterday, is a failure to grep.
  assert.equal(stdout.trim(), host.addressFile, stderr);
  assert.ok(
    !(await runChecked(["grep", "--recursive", "code=", `${host.instance.home}/logs`, "--count"]).then(
      () => true,
      () => false,
    )),
  );
});

Deno.test("A host that is killed leaves an address that nobody is taken in by", async () => {
  await using host = await startBareHost();
  host.process.kill("SIGKILL");
  await host.process.status;
  using client = new WindlassClient({ addressFile: host.addressFile });
  await assert.rejects(client.status(), {
    code: "WL_HOST_NOT_RUNNING",
    message: `Cannot reach the host: nothing is listening on ${host.address.url}`,
  });
  const atRest = await host.instance.run(["status"]);
  // Somebody else gets the port.
  {
    const { port } = new URL(host.address.url);
    const seen: string[] = [];
    const answer = async (request: Request) => {
      seen.push(JSON.stringify([...request.headers]));
      const proof = request.headers.get("authorization") ?? "";
      const headers = { "windlass-pid": String(host.address.pid), "windlass-proof": proof };
      await request.body?.cancel();
      return new Response('{"version":"\\u001b[31m","url":"file://evil.desktop"}', { headers });
    };
    await using _stranger = await eventually(
      () => Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen: () => {} }, answer),
      PORT_MILLISECONDS,
    );
    await assert.rejects(client.status(), {
      message: `Cannot reach the host: another program is listening on ${host.address.url}`,
    });
    assert.ok(!seen.join().includes(host.address.token));
    // The command line does not even ask: nobody holds the lock of the home.
    seen.length = 0;
    assert.equal(await host.instance.run(["status"]), atRest);
    assert.equal(
      (await host.instance.attempt(["stop"])).stdout + (await host.instance.attempt(["ports"])).stdout,
      "No open ports\n",
    );
    assert.deepEqual(seen, []);
  }
});

Deno.test("The command line reaches the host past every proxy of the environment", async () => {
  await using host = await startBareHost();
  const proxy = "http://127.0.0.1:1";
  const env = { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy, NO_PROXY: "", no_proxy: "" };
  const status = JSON.parse(await host.instance.run(["status", "--json"], { env }));
  assert.equal(status.host.pid, host.address.pid);
});

Deno.test("Events tell the engine's way from start to stop, and end with the host", async () => {
  await using windlass = await startWindlass();
  using client = await WindlassClient.connect({ addressFile: `${windlass.home}/api.json` });
  const states: string[] = [];
  const connected = Promise.withResolvers<void>();
  const following = (async () => {
    for await (const event of client.events()) {
      connected.resolve();
      // A status comes for other changes, too; each step is taken once.
      if (event.type !== "status" || states.at(-1) === event.status.engine.state) continue;
      states.push(event.status.engine.state);
      if (states.at(-1) === "stopped" && states.length === 3) await client.engine.start();
      if (states.at(-1) === "running" && states.length === 5) await client.stop();
    }
  })();
  await connected.promise; // the first event says "running" only if it comes before the stop
  await client.engine.stop();
  await following;
  assert.deepEqual(states.slice(0, 5), ["running", "stopping", "stopped", "starting", "running"]);
  const lost = await client.status().then(() => undefined, (error) => error);
  assert.ok(isWindlassError(lost, "WL_HOST_NOT_RUNNING"), String(lost));
});

Deno.test("Logs come by source and level, and continue as a stream", async () => {
  await using host = await startBareHost();
  using client = new WindlassClient({ addressFile: host.addressFile });
  const [first] = await client.logs.tail({ source: "host", lines: 2_000 });
  assert.equal(first?.event, "host.starting");
  assert.deepEqual(await client.logs.tail({ source: "dockerd", level: "error" }), []);
  // The host may log something else before or after: an update that it looks for, a start that was slow.
  const lines = client.logs.follow({ lines: 100, source: "host" });
  const until = async (event: string) => {
    for (let line = await lines.next(); line.value?.event !== event; line = await lines.next()) {
      assert.ok(!line.done, `the lines end without ${event}`);
    }
  };
  await until("host.started");
  const next = until("engine.state");
  await client.engine.start();
  await next;
  await lines.return(undefined);
});
